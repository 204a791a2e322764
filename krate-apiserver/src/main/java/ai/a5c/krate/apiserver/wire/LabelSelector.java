package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A condition on the labels of an object, as {@code labelSelector} writes it: {@code
 * app=web,tier!=x, env in (a,b),owner,!frozen,size>3}.
 *
 * @param requirements each must be met; none selects everything
 */
public record LabelSelector(List<Requirement> requirements) {
  public static final LabelSelector EVERYTHING = new LabelSelector(List.of());

  public LabelSelector {
    requirements = List.copyOf(requirements);
  }

  /** How a label is compared. An absent label meets the negative ones. */
  public enum Operator {
    IN("in"),
    NOT_IN("notin"),
    EXISTS("exists"),
    DOES_NOT_EXIST("!"),
    GREATER_THAN(">"),
    LESS_THAN("<");

    private final String spelling;

    Operator(String spelling) {
      this.spelling = spelling;
    }
  }

  /**
   * What one label must be.
   *
   * @param values at least one for IN and NOT_IN, one whole number for comparisons, otherwise none
   */
  public record Requirement(String key, Operator operator, SortedSet<String> values) {
    public Requirement {
      values = Collections.unmodifiableSortedSet(new TreeSet<>(values));
    }

    private boolean matches(@Nullable String value) {
      return switch (operator) {
        case IN -> value != null && values.contains(value);
        case NOT_IN -> value == null || !values.contains(value);
        case EXISTS -> value != null;
        case DOES_NOT_EXIST -> value == null;
        case GREATER_THAN -> value != null && compares(value, 1);
        case LESS_THAN -> value != null && compares(value, -1);
      };
    }

    private boolean compares(String value, int sign) {
      try {
        long bound = Long.parseLong(values.first());
        return Integer.signum(Long.compare(Long.parseLong(value), bound)) == sign;
      } catch (NumberFormatException e) {
        return false;
      }
    }

    @Override
    public String toString() {
      return switch (operator) {
        case EXISTS -> key;
        case DOES_NOT_EXIST -> "!" + key;
        case IN, NOT_IN ->
            values.size() == 1
                ? key + (operator == Operator.IN ? "=" : "!=") + values.first()
                : key + " " + operator.spelling + " (" + String.join(",", values) + ")";
        case GREATER_THAN, LESS_THAN -> key + operator.spelling + values.first();
      };
    }
  }

  /**
   * Reads the text of a selector; blank text selects everything.
   *
   * @throws ApiException BadRequest, saying where, if it is malformed, names an invalid key or
   *     value, or is longer than 16 KiB
   */
  public static LabelSelector parse(String text) {
    return text.isBlank()
        ? EVERYTHING
        : new LabelSelector(new LabelSelectorParser(text).requirements());
  }

  public boolean isEverything() {
    return requirements.isEmpty();
  }

  public boolean matches(Map<String, String> labels) {
    return requirements.stream().allMatch(r -> r.matches(labels.get(r.key())));
  }

  /** Whether {@code metadata.labels} of the object matches. */
  public boolean matches(JsonObject object) {
    JsonValue given = Documents.metadataOf(object).get("labels");
    JsonObject labels = given instanceof JsonObject o ? o : JsonValue.EMPTY_JSON_OBJECT;
    return requirements.stream().allMatch(r -> r.matches(textOf(labels, r.key())));
  }

  private static @Nullable String textOf(JsonObject labels, String key) {
    return labels.get(key) instanceof JsonString text ? text.getString() : null;
  }

  /** The selector in one spelling, that {@link #parse} reads. */
  @Override
  public String toString() {
    return String.join(",", requirements.stream().map(Requirement::toString).toList());
  }
}
