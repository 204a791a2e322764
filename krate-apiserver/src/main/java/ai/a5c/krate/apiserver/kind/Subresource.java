package ai.a5c.krate.apiserver.kind;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A part of a kind's objects that is got as bytes, as discovery and OpenAPI tell of it.
 *
 * @param name the last segment of its path
 * @param mediaType of what is read
 * @param description one sentence
 * @param parameters of its query
 */
public record Subresource(
    String name, String mediaType, String description, List<Parameter> parameters) {
  private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

  /**
   * A parameter of a query.
   *
   * @param type of OpenAPI: string, integer or boolean
   */
  public record Parameter(String name, String type, String description) {}

  public Subresource {
    parameters = List.copyOf(parameters);
    if (!NAME.matcher(name).matches() || name.equals("status")) {
      throw new IllegalArgumentException("no name of a subresource of bytes: " + name);
    }
  }
}
