package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import jakarta.json.JsonObject;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns objects into stored documents and back: completions become slots, sealed kinds are sealed.
 */
final class Documents {
  private static final int MARK_BITS = 128;

  private final Sealer sealer;
  private final SecureRandom random = new SecureRandom();

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

  /**
   * Writes the document with an unguessable mark at each completion, and cuts the text at the
   * marks: nothing that a client sends can be taken for a slot.
   */
  private Template template(JsonObject object, List<Completion> completions) {
    String mark = new BigInteger(MARK_BITS, random).toString(Character.MAX_RADIX);
    JsonObject marked = object;
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < completions.size(); i++) {
      Completion completion = completions.get(i);
      String token = mark + "-" + i + "-";
      marked =
          JsonTree.with(
              marked,
              Json.text(completion.prefix() + token + completion.suffix()),
              completion.path());
      tokens.add(completion.number() ? "\"" + token + "\"" : token);
    }
    String text = Json.write(marked).utf8();
    Template.Builder template = Template.builder();
    int from = 0;
    while (from < text.length()) {
      int next = -1;
      Slot slot = null;
      int length = 0;
      for (int i = 0; i < tokens.size(); i++) {
        int at = text.indexOf(tokens.get(i), from);
        if (at >= 0 && (next < 0 || at < next)) {
          next = at;
          slot = completions.get(i).slot();
          length = tokens.get(i).length();
        }
      }
      if (slot == null) {
        break;
      }
      template.text(text.substring(from, next)).slot(slot);
      from = next + length;
    }
    return template.text(text.substring(from)).build();
  }

  private static String place(Kind kind, String namespace, String name) {
    return kind.resource() + "/" + namespace + "/" + name;
  }
}
