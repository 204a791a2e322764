package ai.a5c.krate.core.review;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Repositories;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The life of a check: whoever has the right to write checks of the repository makes one, and then
 * changes it alone.
 */
final class CheckStrategy implements Strategy {
  private final Repositories repositories;

  CheckStrategy(Repositories repositories) {
    this.repositories = repositories;
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    return Records.opened(context, object);
  }

  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    return context.onStatus() ? object : Records.labelled(object);
  }

  /** Who made it changes it, and must still be one who may make checks of the repository. */
  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (old != null && changes(context, old, object) && !mine(context, old)) {
      throw new ApiException(
          new Problem.Forbidden(
              context.kind().resource(),
              old.name(),
              context.kind().resource()
                  + " \""
                  + old.name()
                  + "\" is forbidden: only its author changes a check",
              List.of()));
    }
    return old == null || !changes(context, old, object)
        ? List.of()
        : List.of(
            new Claim(
                "create",
                ForgeKinds.REPOSITORY.resource(),
                context.kind().plural(),
                object.text("spec", "repository")));
  }

  private static boolean mine(WriteContext context, ApiObject check) {
    return Records.isAuthor(context.subject(), check);
  }

  /** Whether anything becomes another; what goes away may lose what kept it. */
  private static boolean changes(WriteContext context, ApiObject old, ApiObject object) {
    boolean same =
        object.isTerminating() ? object.at("spec").equals(old.at("spec")) : object.equals(old);
    return !context.onStatus() && !same;
  }

  @Override
  public Optional<Scope> scope() {
    return Optional.of(Records.scope());
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    String repository = object.text("spec", "repository");
    boolean missing = old == null && repositories.find(context.namespace(), repository).isEmpty();
    return missing ? List.of(FieldError.notFound("spec.repository", repository)) : List.of();
  }
}
