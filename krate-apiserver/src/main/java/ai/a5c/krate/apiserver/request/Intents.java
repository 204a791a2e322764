package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.apiserver.wire.DeleteOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
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
    return request -> {
      Function<ApiObject, Payload.Body> made = change.get();
      return changed(request, registration, stored(request, registration), made);
    };
  }

  /**
   * The same for objects of a kind, in an order in which they are decoded: they are read together,
   * again after a lost race.
   */
  List<Intent> changes(
      Registration registration, SequencedMap<String, Function<ApiObject, Payload.Body>> changes) {
    List<Intent> intents = new ArrayList<>(changes.size());
    Map<String, ApiObject> read = new HashMap<>();
    changes.forEach(
        (name, change) -> {
          boolean first = intents.isEmpty();
          intents.add(
              request -> {
                if (first) {
                  read.clear();
                  objects
                      .getAll(registration.kind(), request.errand().namespace(), changes.keySet())
                      .forEach(object -> read.put(object.name(), object));
                }
                Optional<ApiObject> stored = Optional.ofNullable(read.get(name));
                ApiObject old = shown(request, registration, name, stored);
                return changed(request, registration, old, change);
              });
        });
    return intents;
  }

  private Proposal changed(
      Authorized request,
      Registration registration,
      ApiObject old,
      Function<ApiObject, Payload.Body> change) {
    return proposals.update(
        context(request, registration), registration, old, change.apply(old), true);
  }

  Intent delete(Registration registration, Supplier<DeleteOptions> options) {
    return request -> {
      DeleteOptions read = options.get();
      ApiObject old = stored(request, registration);
      return proposals.delete(context(request, registration), registration, old, read);
    };
  }

  private ApiObject stored(Authorized request, Registration registration) {
    String name = request.errand().name();
    return shown(
        request,
        registration,
        name,
        objects.get(registration.kind(), request.errand().namespace(), name));
  }

  /** What the subject may not even read is missing, as early and in the same words. */
  private ApiObject shown(
      Authorized request, Registration registration, String name, Optional<ApiObject> stored) {
    return stored
        .filter(object -> claims.shows(request, object))
        .orElseThrow(
            () -> new ApiException(new Problem.NotFound(registration.kind().resource(), name)));
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
