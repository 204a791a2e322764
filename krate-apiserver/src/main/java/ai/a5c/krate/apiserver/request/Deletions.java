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
import ai.a5c.krate.apiserver.wire.ListOptions;
import ai.a5c.krate.apiserver.wire.Negotiation;
import ai.a5c.krate.apiserver.wire.Protobuf;
import ai.a5c.krate.apiserver.wire.StatusJson;
import ai.a5c.krate.spi.storage.StoredObject;
import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers the deletion of an object and of a collection. */
final class Deletions {
  /** The most objects that one request deletes; a continue token says that there are more. */
  private static final int MOST = 5_000;

  /** The most text of deleted objects that one answer holds. */
  private static final int MOST_BYTES = 16 * 1024 * 1024;

  /** The most warnings that one answer tells. */
  private static final int MOST_WARNINGS = 100;

  private final Road road;
  private final Intents intents;
  private final Reads reads;
  private final Objects objects;
  private final Environment environment;

  Deletions(Road road, Intents intents, Reads reads, Objects objects, Environment environment) {
    this.road = road;
    this.intents = intents;
    this.reads = reads;
    this.objects = objects;
    this.environment = environment;
  }

  ApiResponse delete(Request request, Target target, Registration kind) {
    Deferred<DeleteOptions> options = new Deferred<>(() -> options(request, kind.kind()));
    Deferred<Rendering> rendering =
        new Deferred<>(() -> rendering(request, kind.kind(), Negotiation.Answer.OBJECT));
    Errand errand = errand(request, target, "delete", isDryRun(request, options));
    Intent intent =
        intents.delete(
            kind,
            () -> {
              rendering.get();
              return options.get();
            });
    Written written = road.travel(request.received(errand), kind, intent);
    JsonObject answer =
        written.outcome() == Written.Outcome.REMOVED
            ? StatusJson.deleted(
                kind.kind().resource(), target.name(), written.object().uid().toString())
            : rendering.get().object(written.object().json());
    return Responses.json(request.requestId(), 200, answer, written.warnings());
  }

  /**
   * Deletes what a list with the same selectors shows whom it may delete, each on a road of its
   * own.
   */
  ApiResponse deleteCollection(Request request, Target target, Registration kind) {
    Deferred<DeleteOptions> options = new Deferred<>(() -> options(request, kind.kind()));
    boolean dryRun = isDryRun(request, options);
    Authorized entered =
        road.enter(request.received(errand(request, target, "deletecollection", dryRun)), kind);
    Sweep sweep = decode(entered, () -> sweep(request, target, entered.sight(), options));
    while (sweep.goesOn()) {
      StoredObject next = sweep.next();
      Target item = new Target(target.kind(), next.key().namespace(), next.key().name(), "");
      Errand errand = errand(request, item, "deletecollection", dryRun);
      deleted(request.received(errand), kind, intents.delete(kind, options))
          .ifPresent(written -> sweep.deleted(next, written.warnings()));
    }
    return Responses.bytes(
        request.requestId(),
        200,
        Responses.warned(Headers.NONE, sweep.warnings),
        Responses.JSON,
        sweep.answer());
  }

  private Sweep sweep(
      Request request, Target target, Sight sight, Deferred<DeleteOptions> options) {
    DeleteOptions unused = options.get();
    ListOptions wanted = ListOptions.parse(request.query(), target.kind());
    Rendering rendering = rendering(request, target.kind(), Negotiation.Answer.LIST);
    long limit = wanted.limit() == 0 ? MOST : Math.min(MOST, wanted.limit());
    Collection read = reads.collection(target, wanted, sight);
    return new Sweep(read, rendering, limit);
  }

  private <T> T decode(Authorized entered, Supplier<T> decoding) {
    try {
      return decoding.get();
    } catch (ApiException e) {
      road.refuse(entered, Stage.DECODE, e.problem());
      throw e;
    }
  }

  /** What became of it, if it was there to be deleted. */
  private Optional<Written> deleted(Received received, Registration kind, Intent intent) {
    try {
      return Optional.of(road.travel(received, kind, intent));
    } catch (ApiException e) {
      if (e.problem() instanceof Problem.NotFound) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The objects that one request deletes, and its answer. */
  private static final class Sweep {
    private final Collection collection;
    private final Snapshot snapshot;
    private final Rendering rendering;
    private final ByteArrayOutputStream items = new ByteArrayOutputStream();
    private final Set<String> warnings = new LinkedHashSet<>();
    private long left;

    Sweep(Collection collection, Rendering rendering, long limit) {
      this.collection = collection;
      this.snapshot = collection.snapshot();
      this.rendering = rendering;
      this.left = limit;
    }

    boolean goesOn() {
      return left > 0 && items.size() < MOST_BYTES && snapshot.hasNext();
    }

    StoredObject next() {
      left--;
      return snapshot.next();
    }

    void deleted(StoredObject object, List<String> told) {
      told.stream().filter(t -> warnings.size() < MOST_WARNINGS).forEach(warnings::add);
      if (items.size() > 0) {
        items.write(',');
      }
      items.writeBytes(rendering.item(object).toArray());
    }

    Bytes answer() {
      ListFrame frame = rendering.frame();
      var all = new ByteArrayOutputStream(items.size() + 1_024);
      all.writeBytes(Bytes.utf8(frame.opening()).toArray());
      all.writeBytes(items.toByteArray());
      all.writeBytes(Bytes.utf8(frame.closing(collection.meta())).toArray());
      return Bytes.owning(all.toByteArray());
    }
  }

  private Rendering rendering(Request request, Kind kind, Negotiation.Answer answer) {
    return Rendering.of(request, kind, answer, objects, environment.clock());
  }

  private static Errand errand(Request request, Target target, String verb, boolean dryRun) {
    return target.errand(verb, dryRun, Commands.of(request, target, verb));
  }

  static DeleteOptions options(Request request, Kind kind) {
    return DeleteOptions.parse(body(request, kind), request.query());
  }

  private static @Nullable JsonObject body(Request request, Kind kind) {
    if (request.api().body().isEmpty()) {
      return null;
    }
    BodyType type =
        BodyType.of(request.api().headers().all("Content-Type"), BodyType.ofObjects(kind));
    return switch (type) {
      case PROTOBUF -> Protobuf.decode(request.api().body());
      case YAML -> Bodies.yaml(request.api().body());
      default -> Json.parse(request.api().body(), Bodies.LIMIT).object();
    };
  }

  /** Options that cannot be read are told when the road asks for them. */
  private static boolean isDryRun(Request request, Deferred<DeleteOptions> options) {
    try {
      return options.get().dryRun();
    } catch (ApiException e) {
      return request.query().all("dryRun").contains("All");
    }
  }
}
