package ai.a5c.krate.core.access;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.rbac.NonResourceAttributes;
import ai.a5c.krate.api.rbac.ResourceAttributes;
import ai.a5c.krate.api.rbac.ReviewedSubject;
import ai.a5c.krate.api.rbac.SubjectAccessReview;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Review;
import ai.a5c.krate.core.forge.ForgeKinds;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers whether somebody may do something: the caller ({@code kubectl auth can-i}), anybody, or
 * anybody in one namespace. Asked of the same authorizer that decides requests.
 */
final class AccessReview implements Review {
  private final Kind kind;
  private final Authorizer authorizer;
  private final boolean self;

  AccessReview(Kind kind, Authorizer authorizer) {
    this.kind = kind;
    this.authorizer = authorizer;
    this.self = kind.equals(ForgeKinds.SELF_SUBJECT_ACCESS_REVIEW);
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public ApiObject answer(Subject subject, ApiObject asked) {
    // The question of a caller about himself has the same members but for who is meant.
    ReviewedSubject spec = RecordCodec.read(SubjectAccessReview.class, asked.json()).spec();
    require(asked, errors(spec));
    ResourceAttributes resource = spec.resourceAttributes();
    if (kind.namespaced() && resource != null && !resource.namespace().equals(asked.namespace())) {
      throw new ApiException(
          new Problem.BadRequest(
              "spec.resourceAttributes.namespace must match namespace: "
                  + resource.namespace()
                  + " is not "
                  + asked.namespace()));
    }
    Subject about =
        self ? subject : new Subject(spec.user(), spec.uid(), "", spec.groups(), spec.extra());
    return asked.with(status(authorizer.decide(attributes(about, spec))), "status");
  }

  private static Attributes attributes(Subject about, ReviewedSubject spec) {
    ResourceAttributes asked = spec.resourceAttributes();
    NonResourceAttributes path = spec.nonResourceAttributes();
    if (asked != null) {
      return new Attributes(
          about,
          asked.verb(),
          new GroupResource(asked.group(), asked.resource()),
          asked.subresource(),
          asked.namespace(),
          asked.name());
    }
    if (path == null) {
      throw new IllegalStateException("a review asks about a resource or a path");
    }
    return Attributes.ofPath(about, path.verb(), path.path());
  }

  private static JsonValue status(Decision decision) {
    JsonObjectBuilder status = Json.object();
    switch (decision) {
      case Decision.Allow allow -> status.add("allowed", true).add("reason", allow.reason());
      case Decision.Deny deny when deny.equals(Authorizer.SILENCE) -> status.add("allowed", false);
      case Decision.Deny deny ->
          status.add("allowed", false).add("denied", true).add("reason", deny.reason());
      case Decision.NoOpinion silent -> status.add("allowed", false);
    }
    return status.build();
  }

  private List<FieldError> errors(ReviewedSubject spec) {
    List<FieldError> errors = new ArrayList<>();
    ResourceAttributes resource = spec.resourceAttributes();
    NonResourceAttributes path = spec.nonResourceAttributes();
    if (resource != null && path != null) {
      errors.add(
          FieldError.invalid(
              "spec.nonResourceAttributes",
              RecordCodec.write(path),
              "cannot be specified in combination with resourceAttributes"));
    } else if (resource == null && (path == null || kind.namespaced())) {
      errors.add(
          FieldError.invalid(
              "spec.resourceAttributes",
              "null",
              "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
    } else if (resource != null && resource.resource().isEmpty()) {
      errors.add(FieldError.required("spec.resourceAttributes.resource", ""));
    } else if (path != null && path.path().isEmpty()) {
      errors.add(FieldError.required("spec.nonResourceAttributes.path", ""));
    }
    if (!self && spec.user().isEmpty() && spec.groups().isEmpty()) {
      errors.add(
          FieldError.invalid("spec.user", "", "at least one of user or group must be specified"));
    }
    return errors;
  }

  private void require(ApiObject asked, List<FieldError> errors) {
    if (!errors.isEmpty()) {
      throw new ApiException(new Problem.Invalid(kind.group(), kind.name(), asked.name(), errors));
    }
  }
}
