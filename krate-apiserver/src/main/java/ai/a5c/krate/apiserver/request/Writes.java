package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.wire.Negotiation;
import ai.a5c.krate.apiserver.wire.WriteOptions;
import jakarta.json.JsonObject;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers create, update and patch: each takes the road. Whatever can be wrong with the form of a
 * request is found out by the road's decoding, so that nothing is refused after it was done.
 */
final class Writes {
  private final Road road;
  private final Intents intents;
  private final Objects objects;
  private final Environment environment;

  Writes(Road road, Intents intents, Objects objects, Environment environment) {
    this.road = road;
    this.intents = intents;
    this.objects = objects;
    this.environment = environment;
  }

  ApiResponse create(Request request, Target target, Registration kind) {
    return write(
        request,
        kind,
        errand(request, target, "create"),
        WriteOptions.Write.CREATE,
        form -> intents.create(kind, body(request, kind.kind(), form)));
  }

  ApiResponse replace(Request request, Target target, Registration kind) {
    return write(
        request,
        kind,
        errand(request, target, "update"),
        WriteOptions.Write.UPDATE,
        form -> intents.replace(kind, body(request, kind.kind(), form)));
  }

  ApiResponse patch(Request request, Target target, Registration kind) {
    return write(
        request,
        kind,
        errand(request, target, "patch"),
        isApply(request) ? WriteOptions.Write.APPLY : WriteOptions.Write.PATCH,
        form ->
            intents.change(
                kind,
                new Deferred<>(
                    () ->
                        Bodies.patch(request, kind.kind(), form.get().options().fieldValidation())
                            .andThen(body -> body.with(form.get().shown())))));
  }

  /** An apply has options of its own; that its body is not understood is said after them. */
  static boolean isApply(Request request) {
    return request
        .api()
        .headers()
        .first("Content-Type")
        .filter(type -> type.startsWith("application/apply-patch+"))
        .isPresent();
  }

  /** How a client wants its write done and answered. */
  private record Form(WriteOptions.Write write, WriteOptions options, Rendering rendering) {
    /** The options as admission sees them. */
    JsonObject shown() {
      return WireOptions.of(write, options);
    }
  }

  private ApiResponse write(
      Request request,
      Registration kind,
      Errand errand,
      WriteOptions.Write write,
      Function<Supplier<Form>, Intent> intent) {
    Deferred<Form> form =
        new Deferred<>(
            () ->
                new Form(
                    write,
                    WriteOptions.parse(request.query(), write),
                    Rendering.of(
                        request,
                        kind.kind(),
                        Negotiation.Answer.OBJECT,
                        objects,
                        environment.clock())));
    Written written = road.travel(request.received(errand), kind, intent.apply(form));
    ApiObject object = written.object();
    int code = written.outcome() == Written.Outcome.CREATED ? 201 : 200;
    return Responses.json(
        request.requestId(),
        code,
        form.get().rendering().object(object.json()),
        written.warnings());
  }

  private static Payload body(Request request, Kind kind, Supplier<Form> form) {
    return new Deferred<>(
            () ->
                Bodies.object(request, kind, form.get().options().fieldValidation())
                    .with(form.get().shown()))
        ::get;
  }

  /** What asks for a dry run is treated as one, even if the rest of the options turns out wrong. */
  private static Errand errand(Request request, Target target, String verb) {
    boolean dryRun = request.query().all("dryRun").contains("All");
    return target.errand(verb, dryRun, Commands.of(request, target, verb));
  }
}
