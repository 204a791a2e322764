package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Kind;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the body of a request may be. */
public enum BodyType {
  JSON("application/json"),
  YAML("application/yaml"),
  PROTOBUF("application/vnd.kubernetes.protobuf"),
  JSON_PATCH("application/json-patch+json"),
  MERGE_PATCH("application/merge-patch+json"),
  STRATEGIC_MERGE_PATCH("application/strategic-merge-patch+json"),
  APPLY_PATCH("application/apply-patch+yaml"),
  APPLY_PATCH_CBOR("application/apply-patch+cbor");

  private final String mediaType;

  BodyType(String mediaType) {
    this.mediaType = mediaType;
  }

  public String mediaType() {
    return mediaType;
  }

  /** What an object, or the options of a deletion, may be sent as: protobuf only for core kinds. */
  public static Set<BodyType> ofObjects(Kind kind) {
    EnumSet<BodyType> accepted = EnumSet.of(JSON, YAML);
    if (kind.core()) {
      accepted.add(PROTOBUF);
    }
    return Collections.unmodifiableSet(accepted);
  }

  /** What a change may be sent as: a strategic merge patch only for core kinds. */
  public static Set<BodyType> ofPatches(Kind kind) {
    EnumSet<BodyType> accepted = EnumSet.of(JSON_PATCH, MERGE_PATCH);
    if (kind.core()) {
      accepted.add(STRATEGIC_MERGE_PATCH);
    }
    return Collections.unmodifiableSet(accepted);
  }

  /**
   * What the body is by its Content-Type; its parameters, such as a charset, say nothing.
   *
   * @param contentType the values of the header: none, or a blank one, means JSON
   * @param accepted what is understood here
   * @throws ApiException UnsupportedMediaType, naming what is accepted, for everything else
   */
  public static BodyType of(List<String> contentType, Set<BodyType> accepted) {
    String header = contentType.isEmpty() ? "" : contentType.get(0);
    String name =
        header.isBlank()
            ? JSON.mediaType
            : MediaType.parse(header).map(MediaType::name).orElse(header);
    Optional<BodyType> type =
        Arrays.stream(values()).filter(t -> t.mediaType.equals(name)).findFirst();
    return type.filter(accepted::contains)
        .orElseThrow(
            () -> new ApiException(new Problem.UnsupportedMediaType(name, names(accepted))));
  }

  private static List<String> names(Set<BodyType> accepted) {
    return accepted.stream().sorted().map(BodyType::mediaType).toList();
  }
}
