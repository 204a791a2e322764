package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.apiserver.wire.DeleteOptions;
import java.util.function.Function;
import java.util.function.Supplier;

/** The writes that a client can ask for. */
final class Intents {
  private final Objects objects;
  private final Proposals proposals;
  private final Claims claims;

  Intents(Objects objects, Proposals proposals, Claims claims) {
    this.objects = objects;
    this.proposals = proposals;
    this.claims = claims;
  }

  Intent create(Registration registration, Payload payload) {
    return request ->
        proposals.create(context(request, registration), registration, payload.read());
  }

  /** Writes an object as a whole, against the version that it names. */
  Intent replace(Registration registration, Payload payload) {
    return request -> {
      Payload.Body body = payload.read();
      ApiObject old = stored(request, registration);
      Proposals.requireVersion(registration.kind(), new ApiObject(body.object()));
      return proposals.update(context(request, registration), registration, old, body, false);
    };
  }

  /**
   * Changes the stored object, whichever version it has by then.
   *
   * @param change read when the request is authorized, and made again after a lost race
   */
  Intent change(Registration registration, Supplier<Function<ApiObject, Payload.Body>> change) {
    return request -> change(registration, request.errand().name(), change).decode(request);
  }

  /** The same for the object of a name that may be one of many. */
  Intent change(
      Registration registration, String name, Supplier<Function<ApiObject, Payload.Body>> change) {
    return request -> {
      Function<ApiObject, Payload.Body> made = change.get();
      ApiObject old = stored(request, registration, name);
      return proposals.update(
          context(request, registration), registration, old, made.apply(old), true);
    };
  }

  Intent delete(Registration registration, Supplier<DeleteOptions> options) {
    return request -> {
      DeleteOptions read = options.get();
      ApiObject old = stored(request, registration);
      return proposals.delete(context(request, registration), registration, old, read);
    };
  }

  /** What the subject may not even read is missing, as early and in the same words. */
  private ApiObject stored(Authorized request, Registration registration) {
    return stored(request, registration, request.errand().name());
  }

  private ApiObject stored(Authorized request, Registration registration, String name) {
    Kind kind = registration.kind();
    return objects
        .get(kind, request.errand().namespace(), name)
        .filter(object -> claims.shows(request, object))
        .orElseThrow(() -> new ApiException(new Problem.NotFound(kind.resource(), name)));
  }

  private static WriteContext context(Authorized request, Registration registration) {
    Errand errand = request.errand();
    return new WriteContext(
        request.subject(),
        registration.kind(),
        errand.namespace(),
        errand.subresource(),
        request.time(),
        errand.dryRun());
  }
}
