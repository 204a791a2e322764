package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The choice of an answer's form from the Accept header (RFC 9110, section 12.5.1). */
public final class Negotiation {
  private static final Set<String> META_VERSIONS = Set.of("v1", "v1beta1");
  private static final Set<String> DISCOVERY_VERSIONS = Set.of("v2", "v2beta1");

  private Negotiation() {}

  /** What is answered, and so which forms there are of it. */
  public enum Answer {
    /** One object. */
    OBJECT,
    /** A list of objects. */
    LIST,
    /** A stream of events, each with one object. */
    WATCH,
    /** {@code /api} and {@code /apis}. */
    GROUPS,
    /** A document of which there is one form: JSON. */
    DOCUMENT
  }

  /**
   * The form of the first clause that can be served; a clause that asks for an unknown
   * transformation is passed over. Clauses stand in their order, unless weights say otherwise, and
   * behind equal ones a wildcard.
   *
   * @param accept the values of every Accept header; JSON is given if there is none
   * @throws ApiException NotAcceptable if no clause can be served
   */
  public static Form choose(List<String> accept, Answer answer) {
    List<MediaType> clauses = new ArrayList<>();
    for (String header : accept) {
      for (String clause : MediaType.split(header, ',')) {
        MediaType.parse(clause).filter(c -> c.quality() > 0).ifPresent(clauses::add);
      }
    }
    if (accept.stream().allMatch(String::isBlank)) {
      return new Form.Plain();
    }
    clauses.sort(
        Comparator.comparingDouble(MediaType::quality)
            .thenComparingInt(MediaType::precision)
            .reversed());
    return clauses.stream()
        .flatMap(clause -> form(clause, answer).stream())
        .findFirst()
        .orElseThrow(() -> new ApiException(new Problem.NotAcceptable(offered(answer))));
  }

  private static Optional<Form> form(MediaType clause, Answer answer) {
    String stream = clause.parameter("stream");
    if (!clause.includes(Form.JSON)
        || (!stream.isEmpty() && !(stream.equals("watch") && answer == Answer.WATCH))) {
      return Optional.empty();
    }
    String as = clause.parameter("as");
    String group = clause.parameter("g");
    String version = clause.parameter("v");
    if (as.isEmpty() && group.isEmpty() && version.isEmpty()) {
      return Optional.of(new Form.Plain());
    }
    if (group.equals("meta.k8s.io") && META_VERSIONS.contains(version)) {
      return transformation(as, version, answer);
    }
    boolean discovery =
        answer == Answer.GROUPS
            && as.equals("APIGroupDiscoveryList")
            && group.equals("apidiscovery.k8s.io")
            && DISCOVERY_VERSIONS.contains(version);
    return discovery ? Optional.of(new Form.AggregatedDiscovery(version)) : Optional.empty();
  }

  private static Optional<Form> transformation(String as, String version, Answer answer) {
    boolean possible =
        switch (answer) {
          case OBJECT, WATCH -> as.equals("Table") || as.equals("PartialObjectMetadata");
          case LIST -> as.equals("Table") || as.equals("PartialObjectMetadataList");
          case GROUPS, DOCUMENT -> false;
        };
    if (!possible) {
      return Optional.empty();
    }
    return Optional.of(
        as.equals("Table") ? new Form.Table(version) : new Form.PartialMetadata(version));
  }

  private static List<String> offered(Answer answer) {
    List<Form> forms =
        switch (answer) {
          case OBJECT, LIST, WATCH, DOCUMENT -> List.of(new Form.Plain());
          case GROUPS ->
              List.of(
                  new Form.Plain(),
                  new Form.AggregatedDiscovery("v2"),
                  new Form.AggregatedDiscovery("v2beta1"));
        };
    return forms.stream().map(Form::contentType).toList();
  }
}
