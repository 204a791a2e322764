package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.wire.WriteOptions;
import java.util.List;
import java.util.Optional;

/** Answers reviews: nothing is changed, so most leave no audit entry. */
final class Reviews {
  /** What is longer stands in no audit entry. */
  private static final int LONGEST_TOLD = 16 * 1024;

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
    Kind kind = target.kind();
    if (!request.api().method().equals("POST") || !target.isCollection()) {
      throw new ApiException(new Problem.MethodNotAllowed(kind.resource(), request.api().method()));
    }
    Errand errand = errand(request, target, review);
    Deferred<Payload.Body> body =
        new Deferred<>(
            () -> {
              WriteOptions options = WriteOptions.parse(request.query(), WriteOptions.Write.CREATE);
              return Bodies.object(request, kind, options.fieldValidation());
            });
    ApiObject answered = road.ask(request.received(errand), review, body::get);
    return Responses.json(request.requestId(), 201, answered.json(), body.get().warnings());
  }

  private static Errand errand(Request request, Target target, Review review) {
    if (!review.audited()) {
      return new Errand("create", target.kind().resource(), "", target.namespace(), "", true, "");
    }
    return new Errand(
        "create",
        target.kind().resource(),
        "",
        target.namespace(),
        "",
        request.query().all("dryRun").contains("All"),
        Commands.of(question(request, target.kind()), target, "create"));
  }

  /** The request as the audit trail may know it: the answer to an earlier one is left out. */
  private static Request question(Request request, Kind kind) {
    ApiRequest sent = request.api();
    Bytes told = Bytes.EMPTY;
    if (sent.body().size() <= LONGEST_TOLD) {
      try {
        ApiObject asked =
            new ApiObject(
                Bodies.object(request, kind, WriteOptions.FieldValidation.IGNORE).object());
        told = Json.write(asked.with(null, "status").json());
      } catch (ApiException e) {
        told = Bytes.EMPTY;
      }
    }
    return new Request(
        request.requestId(),
        request.time(),
        request.caller(),
        new ApiRequest(
            sent.method(), sent.target(), Headers.of("Content-Type", Responses.JSON), told),
        request.path(),
        request.query());
  }
}
