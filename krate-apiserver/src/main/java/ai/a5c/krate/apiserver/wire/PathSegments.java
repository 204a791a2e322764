package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * The path of a request, decoded segment by segment, so that no escape can make two segments of one
 * or climb out of where it stands.
 *
 * @param segments none is empty, {@code .} or {@code ..}, and none holds a slash or a control
 *     character
 */
public record PathSegments(List<String> segments) {
  private static final int MAX_LENGTH = 8 * 1024;
  private static final int MAX_SEGMENTS = 64;

  public PathSegments {
    segments = List.copyOf(segments);
  }

  /**
   * Reads a raw path, such as {@code /api/v1/namespaces/acme}; one slash at its end means nothing.
   *
   * @throws ApiException BadRequest if it does not begin with a slash, is longer than 8 KiB or 64
   *     segments, or has a segment that does not decode to what {@link #segments} may hold
   */
  public static PathSegments parse(String rawPath) {
    if (!rawPath.startsWith("/")) {
      throw refusal("it does not begin with '/'");
    }
    if (rawPath.length() > MAX_LENGTH) {
      throw refusal("it is longer than " + MAX_LENGTH + " characters");
    }
    String path = rawPath.endsWith("/") ? rawPath.substring(0, rawPath.length() - 1) : rawPath;
    List<String> segments = new ArrayList<>();
    if (!path.isEmpty()) {
      for (String raw : path.substring(1).split("/", -1)) {
        segments.add(segment(raw));
      }
    }
    if (segments.size() > MAX_SEGMENTS) {
      throw refusal("it has more than " + MAX_SEGMENTS + " segments");
    }
    return new PathSegments(segments);
  }

  private static String segment(String raw) {
    String segment = Percent.decode(raw, false, "path");
    if (segment.isEmpty()) {
      throw refusal("a segment is empty");
    }
    if (segment.equals(".") || segment.equals("..")) {
      throw refusal("a segment is \"" + segment + "\"");
    }
    if (segment.chars().anyMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c))) {
      throw refusal("a segment holds a slash or a control character");
    }
    return segment;
  }

  private static ApiException refusal(String why) {
    return new ApiException(new Problem.BadRequest("malformed path: " + why));
  }

  public int size() {
    return segments.size();
  }

  public String get(int index) {
    return segments.get(index);
  }
}
