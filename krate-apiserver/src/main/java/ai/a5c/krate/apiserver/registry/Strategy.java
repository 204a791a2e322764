package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.problem.FieldError;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is particular about the objects of a kind, beyond what its declaration says. Called on the
 * road, from many threads at once; refuses by returning errors, or by {@link
 * ai.a5c.krate.api.problem.ApiException}.
 */
public interface Strategy {
  /** Completes a new object with what the server knows: owner, labels, the first status. */
  default ApiObject prepareCreate(WriteContext context, ApiObject object) {
    return object;
  }

  /** Completes a changed object, through the main resource or a subresource. */
  default ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    return object;
  }

  /** The further rights that the object asks of its writer; decided by the same authorizer. */
  default List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    return List.of();
  }

  /**
   * The object whose readers alone may read objects of this kind; empty if the right to the kind is
   * enough.
   */
  default Optional<Scope> scope() {
    return Optional.empty();
  }

  /** What is wrong with the object that its schema cannot say. */
  default List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    return List.of();
  }

  /** The number that a new object gets, if its kind is numbered. */
  default Optional<Numbering> numbering(ApiObject object) {
    return Optional.empty();
  }

  /** Whether something has to be done before a terminating object may go. */
  default boolean awaitsFinalizers(ApiObject object) {
    return !object.finalizers().isEmpty();
  }

  /**
   * Called after a write was committed, or found that what it wants is there already, and before it
   * is answered; not on a dry run. What it waits for, the client waits for.
   *
   * @param object as it is stored, or as it was last shown
   */
  default void written(ApiObject object) {}
}
