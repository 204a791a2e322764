package ai.a5c.krate.apiserver.kind;

import jakarta.json.JsonValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The structural schema of a part of an object. */
public sealed interface Schema {
  /** One sentence, or empty. */
  String description();

  /**
   * An object with named members, in the order of their declaration; every other member is unknown.
   */
  record ObjectSchema(String description, Map<String, Property> properties) implements Schema {
    public ObjectSchema {
      properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }
  }

  /** An object with arbitrary member names. */
  record MapSchema(String description, Schema values, int maxProperties) implements Schema {}

  /** An array. */
  record ListSchema(
      String description,
      Schema items,
      ListType type,
      List<String> keys,
      int minItems,
      int maxItems)
      implements Schema {
    public ListSchema {
      keys = List.copyOf(keys);
    }
  }

  /**
   * A string.
   *
   * @param values the only ones that are allowed; empty if any is
   * @param pattern that the whole value must match, null if any does
   */
  record StringSchema(
      String description,
      Format format,
      List<String> values,
      int minLength,
      int maxLength,
      @Nullable String pattern)
      implements Schema {
    public StringSchema {
      values = List.copyOf(values);
    }
  }

  /** A whole number. */
  record IntegerSchema(String description, long minimum, long maximum) implements Schema {}

  record BooleanSchema(String description) implements Schema {}

  /** An object of which nothing is known: nothing is pruned or checked. */
  record AnySchema(String description) implements Schema {}

  /** How the items of a list are told apart ({@code x-kubernetes-list-type}). */
  enum ListType {
    ATOMIC,
    SET,
    MAP
  }

  /** What the text of a string must be. */
  enum Format {
    TEXT,
    DATE_TIME,
    DURATION,
    BYTE
  }

  /**
   * A member of an object.
   *
   * @param defaultValue what an absent member becomes; null if it stays absent
   * @param immutable whether the value at creation is kept
   * @param serverOwned whether the server alone writes it
   */
  record Property(
      Schema schema,
      boolean required,
      @Nullable JsonValue defaultValue,
      boolean immutable,
      boolean serverOwned) {}
}
