package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.FieldPath;
import ai.a5c.krate.apiserver.kind.Kind;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A condition on fields of an object, as {@code fieldSelector} writes it: {@code
 * metadata.name=web-1,status.phase!=Merged}. In a value, {@code \,}, {@code \=} and {@code \\}
 * stand for the character itself.
 *
 * @param requirements each must be met; none selects everything
 */
public record FieldSelector(List<Requirement> requirements) {
  public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

  private static final int MAX_LENGTH = 16 * 1024;
  private static final String NAME = "metadata.name";
  private static final String NAMESPACE = "metadata.namespace";

  public FieldSelector {
    requirements = List.copyOf(requirements);
  }

  /**
   * What one field must be; an absent one counts as empty.
   *
   * @param field as the selector writes it
   * @param negated whether the field must differ from the value
   */
  public record Requirement(String field, FieldPath path, boolean negated, String value) {
    private boolean matches(JsonObject object) {
      return textAt(path, object).equals(value) != negated;
    }

    private boolean pins(String name) {
      return field.equals(name) && !negated && !value.isEmpty();
    }
  }

  /**
   * Reads the text of a selector on objects of the kind; empty text selects everything.
   *
   * @throws ApiException BadRequest if it is malformed, names a field that is not selectable, or is
   *     longer than 16 KiB
   */
  public static FieldSelector parse(String text, Kind kind) {
    if (text.length() > MAX_LENGTH) {
      throw refusal("the field selector is longer than " + MAX_LENGTH + " characters");
    }
    List<Requirement> requirements = new ArrayList<>();
    for (String term : terms(text)) {
      if (!term.isEmpty()) {
        requirements.add(requirement(term, kind));
      }
    }
    return new FieldSelector(requirements);
  }

  private static List<String> terms(String text) {
    List<String> terms = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == ',') {
        terms.add(text.substring(start, i));
        start = i + 1;
      }
    }
    terms.add(text.substring(start));
    return terms;
  }

  private static Requirement requirement(String term, Kind kind) {
    int equals = term.indexOf('=');
    if (equals < 1) {
      throw refusal("invalid field selector: \"" + term + "\" has no '=', '==' or '!='");
    }
    boolean negated = term.charAt(equals - 1) == '!';
    String field = term.substring(0, negated ? equals - 1 : equals);
    boolean doubled = !negated && term.startsWith("=", equals + 1);
    String value = unescaped(term, doubled ? equals + 2 : equals + 1);
    return new Requirement(field, path(field, kind), negated, value);
  }

  private static String unescaped(String term, int from) {
    StringBuilder value = new StringBuilder();
    for (int i = from; i < term.length(); i++) {
      char c = term.charAt(i);
      if (c == '=') {
        throw refusal("invalid field selector: \"" + term + "\" has a second '=': write '\\='");
      }
      if (c == '\\') {
        i++;
        if (i == term.length() || ",=\\".indexOf(term.charAt(i)) < 0) {
          throw refusal(
              "invalid field selector: in \"" + term + "\", '\\' escapes only ',', '=' and '\\'");
        }
      }
      value.append(term.charAt(i));
    }
    return value.toString();
  }

  private static FieldPath path(String field, Kind kind) {
    if (field.equals(NAME) || field.equals(NAMESPACE)) {
      return FieldPath.parse(field);
    }
    return kind.selectable().stream()
        .filter(s -> s.name().equals(field))
        .findFirst()
        .map(Kind.Selectable::path)
        .orElseThrow(() -> refusal("field label not supported: " + field));
  }

  private static String textAt(FieldPath path, JsonObject object) {
    return path.in(object)
        .map(value -> value instanceof JsonString text ? text.getString() : value.toString())
        .orElse("");
  }

  private static ApiException refusal(String message) {
    return new ApiException(new Problem.BadRequest(message));
  }

  public boolean isEverything() {
    return requirements.isEmpty();
  }

  public boolean matches(JsonObject object) {
    return requirements.stream().allMatch(r -> r.matches(object));
  }

  /** The only name that can match, if one is demanded. */
  public Optional<String> requiredName() {
    return pinned(NAME);
  }

  /** The only namespace that can match, if one is demanded. */
  public Optional<String> requiredNamespace() {
    return pinned(NAMESPACE);
  }

  private Optional<String> pinned(String field) {
    return requirements.stream().filter(r -> r.pins(field)).map(Requirement::value).findFirst();
  }
}
