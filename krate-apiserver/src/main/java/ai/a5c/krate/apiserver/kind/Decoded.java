package ai.a5c.krate.apiserver.kind;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * An object as its kind knows it: what is unknown is gone, what has a default is there. Values of a
 * wrong type are still there, for {@link SchemaValidation} to refuse.
 *
 * @param object its members in the order of their declaration
 * @param unknown the paths of what was left out, at most {@value #MOST}
 * @param duplicates the paths of members that stood more than once
 */
public record Decoded(JsonObject object, List<String> unknown, List<String> duplicates) {
  static final int MOST = 100;

  public Decoded {
    unknown = List.copyOf(unknown);
    duplicates = List.copyOf(duplicates);
  }

  /**
   * What field validation has to say, one line each: warnings, or with {@code Strict} the reasons
   * of a refusal that begins with {@code strict decoding error: }.
   */
  public List<String> faults() {
    List<String> faults = new ArrayList<>();
    unknown.forEach(path -> faults.add("unknown field \"" + path + "\""));
    duplicates.forEach(path -> faults.add("duplicate field \"" + path + "\""));
    return faults;
  }
}
