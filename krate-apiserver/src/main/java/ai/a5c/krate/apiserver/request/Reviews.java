package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Kind;
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
    if (!request.api().method().equals("POST") || !target.isCollection()) {
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
    ApiObject answered = review.answer(subject, new ApiObject(body.object()));
    return Responses.json(request.requestId(), 201, answered.json(), body.warnings());
  }
}
