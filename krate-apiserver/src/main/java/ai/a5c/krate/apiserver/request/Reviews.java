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
import ai.a5c.krate.apiserver.wire.Query;
import ai.a5c.krate.apiserver.wire.WriteOptions;
import java.util.List;
import java.util.Optional;

/** Answers reviews: nothing is changed, so most leave no audit entry. */
final class Reviews {
  /** What is longer stands in no audit entry. */
  private static final int LONGEST_TOLD = 16 * 1024;

  /** kubectl checks by itself what cannot be patched, and needs an older OpenAPI for that. */
  private static final Query UNCHECKED = Query.parse("fieldValidation=Ignore");

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
    boolean nowhere = kind.namespaced() && target.namespace().isEmpty();
    if (!request.api().method().equals("POST") || !target.isCollection() || nowhere) {
      throw new ApiException(new Problem.MethodNotAllowed(kind.resource(), request.api().method()));
    }
    Deferred<Payload.Body> body = new Deferred<>(() -> body(request, target));
    ApiObject answered =
        road.ask(request.received(errand(request, target, review)), review, body::get);
    return Responses.json(request.requestId(), 201, answered.json(), body.get().warnings());
  }

  /** The question, in the namespace of the path. */
  private static Payload.Body body(Request request, Target target) {
    WriteOptions options = WriteOptions.parse(request.query(), WriteOptions.Write.CREATE);
    Payload.Body body = Bodies.object(request, target.kind(), options.fieldValidation());
    if (!target.kind().namespaced()) {
      return body;
    }
    ApiObject sent = new ApiObject(body.object());
    if (!sent.namespace().isEmpty() && !sent.namespace().equals(target.namespace())) {
      throw new ApiException(
          new Problem.BadRequest(
              "the namespace of the provided object does not match the namespace sent on the"
                  + " request"));
    }
    return new Payload.Body(
        sent.withText(target.namespace(), "metadata", "namespace").json(), body.warnings());
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
        UNCHECKED);
  }
}
