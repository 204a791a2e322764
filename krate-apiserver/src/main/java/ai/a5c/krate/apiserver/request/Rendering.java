package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
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
record Rendering(Kind kind, Form form, Tables.IncludeObject include, Objects objects, InstantSource clock) {

  static Rendering of(
      Request request, Kind kind, Negotiation.Answer answer, Objects objects, InstantSource clock) {
    Form form = Negotiation.choose(request.api().headers().all("Accept"), answer);
    return new Rendering(
        kind, form, Tables.IncludeObject.parse(request.query()), objects, clock);
  }

  /** One object, as the whole answer. */
  JsonObject object(ApiObject object) {
    return switch (form) {
      case Form.Table table -> tables(table).of(object.json(), clock.instant());
      case Form.PartialMetadata partial -> PartialMetadata.of(object.json(), partial.version());
      case Form.Plain plain -> object.json();
      case Form.AggregatedDiscovery discovery -> object.json();
    };
  }

  /** What stands around the items of a list. */
  ListFrame frame() {
    return switch (form) {
      case Form.Table table -> ListFrame.rows(tables(table));
      case Form.PartialMetadata partial -> ListFrame.metadata(partial.version());
      case Form.Plain plain -> ListFrame.objects(kind);
      case Form.AggregatedDiscovery discovery -> ListFrame.objects(kind);
    };
  }

  /** One item of a list; a plain one is the stored text itself. */
  Bytes item(StoredObject stored) {
    return switch (form) {
      case Form.Table table -> Json.write(tables(table).row(read(stored), clock.instant()));
      case Form.PartialMetadata partial ->
          Json.write(PartialMetadata.of(read(stored), partial.version()));
      case Form.Plain plain -> objects.text(kind, stored);
      case Form.AggregatedDiscovery discovery -> objects.text(kind, stored);
    };
  }

  /** The object of an event; only the first of a stream of tables says its columns. */
  Bytes ofEvent(StoredObject stored, boolean first) {
    return form instanceof Form.Table ? ofEvent(read(stored), first) : item(stored);
  }

  /** The object of an event that was never stored, such as a bookmark. */
  Bytes ofEvent(JsonObject object, boolean first) {
    return Json.write(
        switch (form) {
          case Form.Table table -> tables(table).ofEvent(object, clock.instant(), first);
          case Form.PartialMetadata partial -> PartialMetadata.of(object, partial.version());
          case Form.Plain plain -> object;
          case Form.AggregatedDiscovery discovery -> object;
        });
  }

  private JsonObject read(StoredObject stored) {
    return objects.read(kind, stored).json();
  }

  private Tables tables(Form.Table table) {
    return new Tables(kind, table.version(), include);
  }
}
