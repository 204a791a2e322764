package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.wire.Form;
import ai.a5c.krate.apiserver.wire.ListFrame;
import ai.a5c.krate.apiserver.wire.Negotiation;
import ai.a5c.krate.apiserver.wire.PartialMetadata;
import ai.a5c.krate.apiserver.wire.Tables;
import ai.a5c.krate.spi.storage.StoredObject;
import jakarta.json.JsonObject;
import java.time.InstantSource;

/** The form in which a client wants to see objects of a kind. */
abstract sealed class Rendering {
  private final Kind kind;
  private final Objects objects;

  private Rendering(Kind kind, Objects objects) {
    this.kind = kind;
    this.objects = objects;
  }

  /**
   * The form that the request accepts.
   *
   * @throws ai.a5c.krate.api.problem.ApiException NotAcceptable if there is none
   */
  static Rendering of(
      Request request, Kind kind, Negotiation.Answer answer, Objects objects, InstantSource clock) {
    Form form = Negotiation.choose(request.api().headers().all("Accept"), answer);
    Tables.IncludeObject include = Tables.IncludeObject.parse(request.query());
    return switch (form) {
      case Form.Table(String version) ->
          new Rows(kind, objects, new Tables(kind, version, include), clock);
      case Form.PartialMetadata(String version) -> new Metadata(kind, objects, version);
      case Form.Plain plain -> new Whole(kind, objects);
      case Form.AggregatedDiscovery discovery ->
          throw new IllegalStateException("objects have no form " + discovery);
    };
  }

  Kind kind() {
    return kind;
  }

  /** One object, as the whole answer. */
  final JsonObject object(JsonObject object) {
    return of(object, true);
  }

  /** The object of an event; only the first of a stream of tables says its columns. */
  final Bytes ofEvent(JsonObject object, boolean first) {
    return Json.write(of(object, first));
  }

  /** The object of an event, as it was stored. */
  Bytes ofEvent(StoredObject stored, boolean first) {
    return Json.write(of(read(stored), first));
  }

  /** One item of a list. */
  Bytes item(StoredObject stored) {
    return Json.write(of(read(stored), true));
  }

  /** What stands around the items of a list. */
  abstract ListFrame frame();

  abstract JsonObject of(JsonObject object, boolean first);

  final JsonObject read(StoredObject stored) {
    return objects.read(kind, stored).json();
  }

  /** Whole objects: what is stored is given as it is. */
  private static final class Whole extends Rendering {
    private final Objects objects;

    Whole(Kind kind, Objects objects) {
      super(kind, objects);
      this.objects = objects;
    }

    @Override
    Bytes ofEvent(StoredObject stored, boolean first) {
      return item(stored);
    }

    @Override
    Bytes item(StoredObject stored) {
      return objects.text(kind(), stored);
    }

    @Override
    ListFrame frame() {
      return ListFrame.objects(kind());
    }

    @Override
    JsonObject of(JsonObject object, boolean first) {
      return object;
    }
  }

  private static final class Metadata extends Rendering {
    private final String version;

    Metadata(Kind kind, Objects objects, String version) {
      super(kind, objects);
      this.version = version;
    }

    @Override
    ListFrame frame() {
      return ListFrame.metadata(version);
    }

    @Override
    JsonObject of(JsonObject object, boolean first) {
      return PartialMetadata.of(object, version);
    }
  }

  private static final class Rows extends Rendering {
    private final Tables tables;
    private final InstantSource clock;

    Rows(Kind kind, Objects objects, Tables tables, InstantSource clock) {
      super(kind, objects);
      this.tables = tables;
      this.clock = clock;
    }

    @Override
    Bytes item(StoredObject stored) {
      return Json.write(tables.row(read(stored), clock.instant()));
    }

    @Override
    ListFrame frame() {
      return ListFrame.rows(tables);
    }

    @Override
    JsonObject of(JsonObject object, boolean first) {
      return tables.ofEvent(object, clock.instant(), first);
    }
  }
}
