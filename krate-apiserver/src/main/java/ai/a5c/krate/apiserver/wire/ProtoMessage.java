package ai.a5c.krate.apiserver.wire;

import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the fields of a Kubernetes message become in JSON. Unknown fields are skipped; what Go's
 * encoding always writes, empty or not, is left out when it is empty.
 *
 * @param fields by number
 */
record ProtoMessage(Map<Integer, Field> fields) {
  private static final JsonReaderFactory READERS = Documents.JSON.createReaderFactory(Map.of());

  ProtoMessage {
    fields = Map.copyOf(fields);
  }

  /** How the value of a field is read. */
  sealed interface Type {
    /** The wire type of the field. */
    default int wireType() {
      return this instanceof Int || this instanceof Bool ? ProtoReader.VARINT : ProtoReader.BYTES;
    }
  }

  record Text() implements Type {}

  /** Base64 in JSON. */
  record Binary() implements Type {}

  /** A JSON object in bytes, wrapped into a message of which it is field 1. */
  record Raw() implements Type {}

  record Int() implements Type {}

  record Bool() implements Type {}

  /** A meta/v1 Time: RFC 3339 of whole seconds in JSON, as Kubernetes has it. */
  record Time() implements Type {}

  record Nested(ProtoMessage message) implements Type {}

  /** A message whose field 1 is a list of strings, which alone is the value in JSON. */
  record Texts() implements Type {}

  /** A map from strings. */
  record Entries(Type values) implements Type {}

  record Repeated(Type items) implements Type {
    @Override
    public int wireType() {
      return items.wireType();
    }
  }

  /**
   * A field.
   *
   * @param optional whether it is only written when it is set, so that its empty value says
   *     something
   */
  record Field(String name, Type type, boolean optional) {}

  /** Declares messages field by field. */
  static final class Builder {
    private final Map<Integer, Field> fields = new TreeMap<>();

    Builder field(int number, String name, Type type) {
      fields.put(number, new Field(name, type, false));
      return this;
    }

    Builder optional(int number, String name, Type type) {
      fields.put(number, new Field(name, type, true));
      return this;
    }

    ProtoMessage build() {
      return new ProtoMessage(fields);
    }
  }

  /** The members that the message sets. */
  Map<String, JsonValue> read(ByteBuffer bytes) {
    ProtoReader in = new ProtoReader(bytes);
    Map<String, JsonValue> members = new LinkedHashMap<>();
    Map<String, List<JsonValue>> lists = new LinkedHashMap<>();
    Map<String, Map<String, JsonValue>> maps = new LinkedHashMap<>();
    while (in.hasField()) {
      Field field = fields.get(in.field());
      if (field == null) {
        in.skip();
        continue;
      }
      if (in.wireType() != field.type().wireType()) {
        throw ProtoReader.malformed(field.name() + " has another type");
      }
      String name = field.name();
      switch (field.type()) {
        case Repeated(Type items) ->
            lists.computeIfAbsent(name, n -> new ArrayList<>()).add(value(items, in));
        case Entries(Type values) ->
            entry(values, in.bytes(), maps.computeIfAbsent(name, n -> new TreeMap<>()));
        default -> {
          JsonValue value = value(field.type(), in);
          if (field.optional() || !isEmpty(value)) {
            members.put(name, value);
          }
        }
      }
    }
    lists.forEach((name, items) -> members.put(name, Documents.array(items)));
    maps.forEach((name, entries) -> members.put(name, Documents.object(entries)));
    return members;
  }

  private static JsonValue value(Type type, ProtoReader in) {
    return switch (type) {
      case Text() -> Documents.text(in.text());
      case Binary() -> Documents.text(base64(in.bytes()));
      case Raw() -> raw(in.bytes());
      case Int() -> Documents.JSON.createValue(in.varint());
      case Bool() -> in.varint() == 0 ? JsonValue.FALSE : JsonValue.TRUE;
      case Time() -> time(in.bytes());
      case Nested(ProtoMessage message) -> Documents.object(message.read(in.bytes()));
      case Texts() -> texts(in.bytes());
      case Entries e -> throw new IllegalStateException("a map is a field, not a value");
      case Repeated r -> throw new IllegalStateException("a list is a field, not a value");
    };
  }

  private static void entry(Type values, ByteBuffer bytes, Map<String, JsonValue> into) {
    ProtoReader in = new ProtoReader(bytes);
    String key = "";
    JsonValue value = values instanceof Texts ? JsonValue.EMPTY_JSON_ARRAY : Documents.text("");
    while (in.hasField()) {
      int number = in.field();
      if (number == 1 && in.wireType() == ProtoReader.BYTES) {
        key = in.text();
      } else if (number == 2 && in.wireType() == values.wireType()) {
        value = value(values, in);
      } else {
        in.skip();
      }
    }
    into.put(key, value);
  }

  private static JsonValue time(ByteBuffer bytes) {
    if (!bytes.hasRemaining()) {
      return JsonValue.NULL;
    }
    ProtoReader in = new ProtoReader(bytes);
    long seconds = 0;
    while (in.hasField()) {
      if (in.field() == 1 && in.wireType() == ProtoReader.VARINT) {
        seconds = in.varint();
      } else {
        in.skip();
      }
    }
    try {
      Instant time = Instant.ofEpochSecond(seconds).truncatedTo(ChronoUnit.SECONDS);
      return Documents.text(time.toString());
    } catch (DateTimeException e) {
      throw ProtoReader.malformed("a time is out of range");
    }
  }

  private static JsonValue raw(ByteBuffer bytes) {
    ProtoReader in = new ProtoReader(bytes);
    ByteBuffer json = StandardCharsets.UTF_8.encode("{}");
    while (in.hasField()) {
      if (in.field() == 1 && in.wireType() == ProtoReader.BYTES) {
        json = in.bytes();
      } else {
        in.skip();
      }
    }
    byte[] text = new byte[json.remaining()];
    json.get(text);
    try (JsonReader reader = READERS.createReader(new ByteArrayInputStream(text))) {
      return reader.readObject();
    } catch (RuntimeException e) {
      // Parsson throws its own kind for malformed text, but a bare one for text that is too deep.
      throw ProtoReader.malformed("JSON within it cannot be read");
    }
  }

  private static JsonValue texts(ByteBuffer bytes) {
    ProtoReader in = new ProtoReader(bytes);
    List<JsonValue> texts = new ArrayList<>();
    while (in.hasField()) {
      if (in.field() == 1 && in.wireType() == ProtoReader.BYTES) {
        texts.add(Documents.text(in.text()));
      } else {
        in.skip();
      }
    }
    return Documents.array(texts);
  }

  private static String base64(ByteBuffer bytes) {
    return StandardCharsets.ISO_8859_1.decode(Base64.getEncoder().encode(bytes)).toString();
  }

  private static boolean isEmpty(JsonValue value) {
    return switch (value.getValueType()) {
      case NULL, FALSE -> true;
      case STRING -> value.equals(Documents.text(""));
      case NUMBER -> value.equals(Documents.JSON.createValue(0L));
      case OBJECT -> value.asJsonObject().isEmpty();
      case ARRAY -> value.asJsonArray().isEmpty();
      case TRUE -> false;
    };
  }
}
