package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Scope;
import java.util.List;

/** Decides what a request must be allowed beyond its kind, once its object is known. */
final class Claims {
  private final Authorizer authorizer;

  Claims(Authorizer authorizer) {
    this.authorizer = authorizer;
  }

  /**
   * Asks for a right.
   *
   * @throws ApiException Forbidden without it
   */
  void require(Attributes asked) {
    if (!allows(asked)) {
      throw forbidden(asked);
    }
  }

  /**
   * Whether a stored object is told from a missing one: the subject may do with it what it asks
   * for, or may at least read it.
   */
  boolean shows(Authorized request, ApiObject stored) {
    Sight sight = request.sight();
    return sight.test(stored)
        || (allows(reading(request, stored.name())) && sight.of("get").test(stored));
  }

  /**
   * Decides about the object before and after the request. What is kept from the subject was told
   * to be missing before; so is what it refers to and may not read.
   *
   * @throws ApiException Forbidden without one of the rights; Invalid if a new object refers to
   *     what the subject may neither use nor read
   */
  void decide(Authorized request, Proposal proposal, Registration kind) {
    ApiObject old = proposal.old();
    ApiObject object = proposal.object();
    Sight sight = request.sight();
    if (old != null && !sight.test(old)) {
      throw forbidden(sight.question(old));
    }
    if (object != null && !sight.test(object)) {
      throw outOfSight(request, kind, object);
    }
    ApiObject last = object != null ? object : old;
    if (last == null) {
      return;
    }
    Attributes asked = sight.asked();
    for (Claim claim : kind.strategy().claims(proposal.context(), old, last)) {
      Attributes right =
          asked.asking(claim.verb(), claim.resource(), claim.subresource(), claim.name());
      if (!allows(right)) {
        throw claim.reference().isEmpty()
            ? forbidden(right)
            : missing(kind.kind(), last, claim.reference(), claim.name());
      }
    }
  }

  private static ApiException missing(Kind kind, ApiObject object, String field, String name) {
    return new ApiException(
        new Problem.Invalid(
            kind.group(),
            kind.name(),
            object.shownName(),
            List.of(
                name.isEmpty()
                    ? FieldError.required(field, "")
                    : FieldError.notFound(field, name))));
  }

  private ApiException outOfSight(Authorized request, Registration registration, ApiObject object) {
    Sight sight = request.sight();
    if (allows(reading(request, "")) && sight.of("get").test(object)) {
      return forbidden(sight.question(object));
    }
    List<String> fields = registration.strategy().scope().map(Scope::references).orElse(List.of());
    if (fields.isEmpty()) {
      // Nothing that the subject sent: the owner's name is not told.
      return forbidden(sight.question());
    }
    String field =
        fields.stream()
            .filter(f -> !text(object, f).isEmpty())
            .findFirst()
            .orElse(fields.getFirst());
    return missing(registration.kind(), object, field, text(object, field));
  }

  private static String text(ApiObject object, String field) {
    return object.text(field.split("\\.", -1));
  }

  /** The question whether the subject may read objects of the kind, or the one of the name. */
  private static Attributes reading(Authorized request, String name) {
    Attributes asked = request.sight().asked();
    return asked.asking("get", asked.resource(), "", name);
  }

  /** Whether the right is there. */
  boolean allows(Attributes asked) {
    return authorizer.decide(asked) instanceof Decision.Allow;
  }

  /** What one is told who has not the right. */
  static ApiException forbidden(Attributes asked) {
    return new ApiException(
        new Problem.Forbidden(asked.resource(), asked.name(), asked.refusal(), List.of()));
  }
}
