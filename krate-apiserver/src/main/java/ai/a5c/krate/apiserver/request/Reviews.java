package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.SchemaValidation;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.wire.WriteOptions;
import java.util.List;
import java.util.Optional;

/** Answers reviews: nothing is changed, so they leave no audit entry. */
final class Reviews {
  private final List<Review> reviews;
  private final Road road;

  Reviews(List<Review> reviews, Road road) {
    this.reviews = reviews;
    this.road = road;
  }

  Optional<Review> of(Kind kind) {
    return reviews.stream().filter(review -> review.kind().equals(kind)).findFirst();
  }

  ApiResponse answer(Request request, Target target, Review review) {
    boolean nowhere = target.kind().namespaced() && target.namespace().isEmpty();
    if (!request.api().method().equals("POST") || !target.isCollection() || nowhere) {
      throw new ApiException(
          new Problem.MethodNotAllowed(target.kind().resource(), request.api().method()));
    }
    WriteOptions options = WriteOptions.parse(request.query(), WriteOptions.Write.CREATE);
    Subject subject =
        road.look(
            request.received(
                new Errand(
                    "create", target.kind().resource(), "", target.namespace(), "", true, "")));
    Payload.Body body = Bodies.object(request, target.kind(), options.fieldValidation());
    ApiObject answered = review.answer(subject, asked(target, new ApiObject(body.object())));
    return Responses.json(request.requestId(), 201, answered.json(), body.warnings());
  }

  /** The question in its form, in the namespace of the path. */
  private static ApiObject asked(Target target, ApiObject sent) {
    Kind kind = target.kind();
    List<FieldError> errors = SchemaValidation.errors(kind, sent.json());
    if (!errors.isEmpty()) {
      throw new ApiException(new Problem.Invalid(kind.group(), kind.name(), sent.name(), errors));
    }
    if (!kind.namespaced()) {
      return sent;
    }
    if (!sent.namespace().isEmpty() && !sent.namespace().equals(target.namespace())) {
      throw new ApiException(
          new Problem.BadRequest(
              "the namespace of the provided object does not match the namespace sent on the"
                  + " request"));
    }
    return sent.withText(target.namespace(), "metadata", "namespace");
  }
}
