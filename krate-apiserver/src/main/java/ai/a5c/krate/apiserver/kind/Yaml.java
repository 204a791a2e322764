package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** YAML 1.2 files as the JSON objects that they stand for, bounded in size, depth and aliases. */
public final class Yaml {
  private static final int MOST_ALIASES = 50;
  private static final int LARGEST = 3 * 1024 * 1024;
  private static final int MOST_DOCUMENTS = 1_000;

  private int values;

  private Yaml() {}

  /**
   * The documents of a file, empty ones left out.
   *
   * @throws IllegalArgumentException if it is not YAML, a document is no object, or a bound is
   *     passed
   */
  public static List<JsonObject> documents(Bytes file) {
    LoadSettings settings =
        LoadSettings.builder()
            .setAllowDuplicateKeys(false)
            .setAllowRecursiveKeys(false)
            .setMaxAliasesForCollections(MOST_ALIASES)
            .setCodePointLimit(LARGEST)
            .build();
    List<JsonObject> documents = new ArrayList<>();
    try {
      for (Object document : new Load(settings).loadAllFromString(file.utf8())) {
        switch (new Yaml().json(document, 0)) {
          case JsonObject object -> documents.add(object);
          case JsonValue empty when empty.equals(JsonValue.NULL) -> {}
          case JsonValue other ->
              throw new IllegalArgumentException(
                  "a document is no object but " + other.getValueType());
        }
        if (documents.size() > MOST_DOCUMENTS) {
          throw new IllegalArgumentException("more than " + MOST_DOCUMENTS + " documents");
        }
      }
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException("not well-formed YAML: " + e.getMessage(), e);
    }
    return documents;
  }

  private JsonValue json(@Nullable Object value, int depth) {
    // Aliases make a small file a large tree, or one that contains itself.
    if (depth > Json.DEEPEST || ++values > Json.MOST_VALUES) {
      throw new IllegalArgumentException("a document is too deep or too large");
    }
    return switch (value) {
      case null -> JsonValue.NULL;
      case Map<?, ?> map -> object(map, depth);
      case List<?> list -> array(list, depth);
      case Boolean truth -> truth ? JsonValue.TRUE : JsonValue.FALSE;
      case Integer number -> Json.number(number);
      case Long number -> Json.number(number);
      case BigInteger number -> Json.number(new BigDecimal(number));
      case Double number when !number.isNaN() && !number.isInfinite() ->
          Json.number(BigDecimal.valueOf(number));
      case String text -> Json.text(text);
      default -> throw new IllegalArgumentException("not a JSON value: " + value);
    };
  }

  private JsonValue object(Map<?, ?> map, int depth) {
    JsonObjectBuilder object = Json.object();
    map.forEach((key, value) -> object.add(name(key), json(value, depth + 1)));
    return object.build();
  }

  private static String name(@Nullable Object key) {
    if (key instanceof String || key instanceof Number || key instanceof Boolean) {
      return key.toString();
    }
    throw new IllegalArgumentException("not the name of a member: " + key);
  }

  private JsonValue array(List<?> list, int depth) {
    JsonArrayBuilder array = Json.array();
    list.forEach(value -> array.add(json(value, depth + 1)));
    return array.build();
  }
}
