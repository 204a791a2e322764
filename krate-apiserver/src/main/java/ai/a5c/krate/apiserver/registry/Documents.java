package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Turns objects into stored documents and back: completions become slots, sealed kinds are sealed.
 */
final class Documents {
  /** Most documents have fewer characters. */
  private static final int USUAL_LENGTH = 2_048;

  private final Sealer sealer;

  Documents(KeyService keys) {
    this.sealer = new Sealer(keys);
  }

  /** The document of an object that will be stored at that place. */
  Document write(Kind kind, ApiObject object, List<Completion> completions, String name) {
    if (!kind.sealed()) {
      return new Document(template(object.json(), completions), kind.version(), null);
    }
    boolean open =
        completions.stream()
            .anyMatch(c -> !c.path().equals(List.of("metadata", "resourceVersion")));
    if (open || name.isEmpty()) {
      throw new IllegalArgumentException(
          "a sealed object cannot be completed by its commit: " + kind.name());
    }
    // A sealed document cannot have slots; its resourceVersion is that of its row.
    ApiObject plain = object.with(null, "metadata", "resourceVersion");
    Sealer.Sealed sealed =
        sealer.seal(Json.write(plain.json()), place(kind, object.namespace(), name));
    return new Document(Template.of(sealed.content()), kind.version(), sealed.keyId());
  }

  /** The object of a stored document. */
  ApiObject read(Kind kind, StoredObject stored) {
    String keyId = stored.keyId();
    if (keyId == null) {
      return new ApiObject(Json.stored(stored.content()));
    }
    String place = place(kind, stored.key().namespace(), stored.key().name());
    JsonObject plain = Json.stored(sealer.open(stored.content(), keyId, place));
    return new ApiObject(plain)
        .withText(stored.revision().toString(), "metadata", "resourceVersion");
  }

  private static Template template(JsonObject object, List<Completion> completions) {
    var text = new StringBuilder(USUAL_LENGTH);
    Template.Builder template = Template.builder();
    print(object, completions, 0, text, template);
    return template.text(text.toString()).build();
  }

  /**
   * Writes a value with slots at completions, which are all at it or below it; objects on the way
   * to one are made where they are missing.
   *
   * @param depth of the value, in members
   * @param text what came after the last slot of the template
   */
  private static void print(
      JsonValue value,
      List<Completion> completions,
      int depth,
      StringBuilder text,
      Template.Builder template) {
    if (!completions.isEmpty() && completions.getLast().path().size() == depth) {
      slot(completions.getLast(), text, template);
      return;
    }
    JsonObject object = value instanceof JsonObject o ? o : JsonValue.EMPTY_JSON_OBJECT;
    SequencedMap<String, List<Completion>> open = new LinkedHashMap<>();
    for (Completion completion : completions) {
      open.computeIfAbsent(completion.path().get(depth), any -> new ArrayList<>()).add(completion);
    }
    char before = '{';
    for (Map.Entry<String, JsonValue> member : object.entrySet()) {
      List<Completion> inside = open.remove(member.getKey());
      name(member.getKey(), before, text);
      if (inside == null) {
        Json.print(member.getValue(), text);
      } else {
        print(member.getValue(), inside, depth + 1, text, template);
      }
      before = ',';
    }
    for (Map.Entry<String, List<Completion>> missing : open.entrySet()) {
      name(missing.getKey(), before, text);
      print(JsonValue.EMPTY_JSON_OBJECT, missing.getValue(), depth + 1, text, template);
      before = ',';
    }
    text.append(before == '{' ? "{}" : "}");
  }

  private static void name(String name, char before, StringBuilder text) {
    Json.escape(name, text.append(before).append('"'));
    text.append("\":");
  }

  private static void slot(Completion completion, StringBuilder text, Template.Builder template) {
    String quote = completion.number() ? "" : "\"";
    Json.escape(completion.prefix(), text.append(quote));
    template.text(text.toString()).slot(completion.slot());
    text.setLength(0);
    Json.escape(completion.suffix(), text);
    text.append(quote);
  }

  private static String place(Kind kind, String namespace, String name) {
    return kind.resource() + "/" + namespace + "/" + name;
  }
}
