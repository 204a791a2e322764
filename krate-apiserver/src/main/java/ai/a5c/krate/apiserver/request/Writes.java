package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.wire.BodyType;
import ai.a5c.krate.apiserver.wire.DeleteOptions;
import ai.a5c.krate.apiserver.wire.ListFrame;
import ai.a5c.krate.apiserver.wire.ListMeta;
import ai.a5c.krate.apiserver.wire.ListOptions;
import ai.a5c.krate.apiserver.wire.Negotiation;
import ai.a5c.krate.apiserver.wire.Protobuf;
import ai.a5c.krate.apiserver.wire.StatusJson;
import ai.a5c.krate.apiserver.wire.WriteOptions;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.StoredObject;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers create, update, patch and delete: each takes the road. */
final class Writes {
  /** The most objects that one request deletes; a continue token says that there are more. */
  private static final int MOST_DELETED = 5_000;

  private final Road road;
  private final Intents intents;
  private final Reads reads;
  private final Environment environment;
  private final Objects objects;

  Writes(
      Road road,
      Intents intents,
      Reads reads,
      Objects objects,
      Environment environment) {
    this.road = road;
    this.intents = intents;
    this.reads = reads;
    this.objects = objects;
    this.environment = environment;
  }

  ApiResponse create(Request request, Target target, Registration kind) {
    WriteOptions options = WriteOptions.parse(request.query(), WriteOptions.Write.CREATE);
    Errand errand = errand(request, target, "create", "", options.dryRun());
    Payload payload = () -> Bodies.object(request, kind.kind(), options.fieldValidation());
    Written written =
        road.travel(request.received(errand), kind, intents.create(kind, payload));
    return answer(request, kind.kind(), 201, written);
  }

  ApiResponse replace(Request request, Target target, Registration kind) {
    WriteOptions options = WriteOptions.parse(request.query(), WriteOptions.Write.UPDATE);
    Errand errand = errand(request, target, "update", target.name(), options.dryRun());
    Payload payload = () -> Bodies.object(request, kind.kind(), options.fieldValidation());
    Written written =
        road.travel(request.received(errand), kind, intents.replace(kind, payload));
    return answer(request, kind.kind(), 200, written);
  }

  ApiResponse patch(Request request, Target target, Registration kind) {
    WriteOptions options = WriteOptions.parse(request.query(), WriteOptions.Write.PATCH);
    Errand errand = errand(request, target, "patch", target.name(), options.dryRun());
    Intent intent =
        intents.change(
            kind, old -> Bodies.patched(request, kind.kind(), old, options.fieldValidation()));
    Written written = road.travel(request.received(errand), kind, intent);
    return answer(request, kind.kind(), 200, written);
  }

  ApiResponse delete(Request request, Target target, Registration kind) {
    Supplier<DeleteOptions> options = deleteOptions(request, kind.kind());
    Errand errand = errand(request, target, "delete", target.name(), dryRun(options));
    Written written =
        road.travel(request.received(errand), kind, intents.delete(kind, options));
    if (written.outcome() != Written.Outcome.REMOVED) {
      return answer(request, kind.kind(), 200, written);
    }
    JsonObject status =
        StatusJson.deleted(
            kind.kind().resource(), target.name(), written.object().uid().toString());
    return Responses.json(request.requestId(), 200, status, written.warnings());
  }

  /** Deletes what a list with the same selectors shows, each on a road of its own. */
  ApiResponse deleteCollection(Request request, Target target, Registration kind) {
    Supplier<DeleteOptions> options = deleteOptions(request, kind.kind());
    boolean dryRun = dryRun(options);
    road.look(request.received(errand(request, target, "deletecollection", "", dryRun)));
    ListOptions wanted = ListOptions.parse(request.query(), kind.kind());
    Rendering rendering =
        Rendering.of(request, kind.kind(), Negotiation.Answer.LIST, objects, environment.clock());
    Snapshot snapshot = reads.snapshot(target, wanted);
    StringJoiner items = new StringJoiner(",");
    String token = "";
    for (int count = 1; snapshot.hasNext(); count++) {
      StoredObject next = snapshot.next();
      if (count == MOST_DELETED && snapshot.hasNext()) {
        token =
            new ContinueToken(
                    snapshot.at(),
                    new ListRequest.Place(next.key().namespace(), next.key().name()))
                .encode();
      }
      Target item =
          new Target(target.kind(), next.key().namespace(), next.key().name(), "");
      Errand errand = errand(request, item, "deletecollection", item.name(), dryRun);
      try {
        road.travel(request.received(errand), kind, intents.delete(kind, options));
        items.add(rendering.item(next).utf8());
      } catch (ApiException e) {
        if (!(e.problem() instanceof Problem.NotFound)) {
          throw e;
        }
      }
      if (!token.isEmpty()) {
        break;
      }
    }
    ListFrame frame = rendering.frame();
    String closing = frame.closing(new ListMeta(snapshot.at().toString(), token, null));
    return Responses.bytes(
        request.requestId(),
        200,
        Headers.NONE,
        Responses.JSON,
        Bytes.utf8(frame.opening() + items + closing));
  }

  private ApiResponse answer(Request request, Kind kind, int code, Written written) {
    Rendering rendering =
        Rendering.of(request, kind, Negotiation.Answer.OBJECT, objects, environment.clock());
    return Responses.json(
        request.requestId(), code, rendering.object(written.object()), written.warnings());
  }

  private static Errand errand(
      Request request, Target target, String verb, String name, boolean dryRun) {
    Kind kind = target.kind();
    return new Errand(
        verb,
        kind.resource(),
        target.subresource(),
        target.namespace(),
        name,
        dryRun,
        Commands.of(request, target, verb, name));
  }

  /** Reads the options once; what is wrong with them is told when the road asks. */
  private static Supplier<DeleteOptions> deleteOptions(Request request, Kind kind) {
    try {
      DeleteOptions options = DeleteOptions.parse(deleteBody(request, kind), request.query());
      return () -> options;
    } catch (ApiException e) {
      return () -> {
        throw e;
      };
    }
  }

  private static @Nullable JsonObject deleteBody(Request request, Kind kind) {
    Bytes body = request.api().body();
    if (body.isEmpty()) {
      return null;
    }
    BodyType type =
        BodyType.of(request.api().headers().all("Content-Type"), BodyType.ofObjects(kind));
    return type == BodyType.PROTOBUF
        ? Protobuf.decode(body)
        : Json.parse(body, Bodies.LIMIT).object();
  }

  private static boolean dryRun(Supplier<DeleteOptions> options) {
    try {
      return options.get().dryRun();
    } catch (ApiException e) {
      return false;
    }
  }
}
