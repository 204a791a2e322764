package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.schema.Verb;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.kind.ObjectMetaValidation;
import ai.a5c.krate.apiserver.wire.FieldSelector;
import ai.a5c.krate.apiserver.wire.PathSegments;
import ai.a5c.krate.apiserver.wire.Query;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * What a path names, by the rules of Kubernetes' URLs.
 *
 * @param namespace empty for cluster scope, or for all namespaces
 * @param name empty for the collection
 * @param subresource empty for the object itself
 */
record Target(Kind kind, String namespace, String name, String subresource) {
  static final String STATUS = "status";

  boolean isCollection() {
    return name.isEmpty();
  }

  /** The object or collection that the path names, if it names one that is served. */
  static Optional<Target> of(PathSegments path, Kinds kinds) {
    List<String> s = path.segments();
    if (s.size() >= 3 && s.get(0).equals("api")) {
      return within(kinds, "", s.get(1), s.subList(2, s.size()));
    }
    if (s.size() >= 4 && s.get(0).equals("apis")) {
      return within(kinds, s.get(1), s.get(2), s.subList(3, s.size()));
    }
    return Optional.empty();
  }

  private static Optional<Target> within(
      Kinds kinds, String group, String version, List<String> rest) {
    boolean inNamespace = rest.getFirst().equals("namespaces") && rest.size() >= 3;
    if (inNamespace && !(rest.size() == 3 && isSubresource(rest.get(2)))) {
      return kinds
          .byPlural(group, version, rest.get(2))
          .filter(Kind::namespaced)
          .flatMap(kind -> item(kinds, kind, rest.get(1), rest.subList(3, rest.size())));
    }
    return kinds
        .byPlural(group, version, rest.getFirst())
        .flatMap(kind -> item(kinds, kind, "", rest.subList(1, rest.size())))
        .filter(target -> !target.kind().namespaced() || target.isCollection());
  }

  /** No kind is called like a subresource, so that {@code namespaces/x/status} is unambiguous. */
  private static boolean isSubresource(String segment) {
    return segment.equals(STATUS) || segment.equals("finalize");
  }

  private static Optional<Target> item(
      Kinds kinds, Kind kind, String namespace, List<String> rest) {
    return switch (rest.size()) {
      case 0 -> Optional.of(new Target(kind, namespace, "", ""));
      case 1 -> Optional.of(new Target(kind, namespace, rest.getFirst(), ""));
      case 2 ->
          isServed(kinds, kind, rest.get(1))
              ? Optional.of(new Target(kind, namespace, rest.getFirst(), rest.get(1)))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static boolean isServed(Kinds kinds, Kind kind, String subresource) {
    return subresource.equals(STATUS)
        ? kind.hasStatus()
        : kinds.subresources(kind).stream().anyMatch(part -> part.name().equals(subresource));
  }

  /** Whether it is a part of an object that is read as bytes. */
  boolean isReadout() {
    return !subresource.isEmpty() && !subresource.equals(STATUS);
  }

  /** The errand of a request for it. */
  Errand errand(String verb, boolean dryRun, Command command) {
    return new Errand(verb, kind.resource(), subresource, namespace, name, dryRun, command);
  }

  /** The path of a request for it, percent-encoded. */
  String path() {
    var path = new StringBuilder(kind.group().isEmpty() ? "/api/" : "/apis/" + kind.group() + "/");
    path.append(kind.version());
    if (!namespace.isEmpty()) {
      path.append("/namespaces/").append(encoded(namespace));
    }
    path.append('/').append(kind.plural());
    for (String segment : List.of(name, subresource)) {
      if (!segment.isEmpty()) {
        path.append('/').append(encoded(segment));
      }
    }
    return path.toString();
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * The errand of a request that reads: a list or watch that a selector limits to one name is asked
   * about that name, as Kubernetes asks.
   */
  Errand reading(Verb verb, Query query) {
    String only = isCollection() ? requiredName(query) : name;
    return new Errand(
        verb.wireName(), kind.resource(), subresource, namespace, only, false, Command.of(""));
  }

  private String requiredName(Query query) {
    try {
      return FieldSelector.parse(query.text("fieldSelector"), kind)
          .requiredName()
          .filter(ObjectMetaValidation::isPathSegment)
          .orElse("");
    } catch (ApiException malformed) {
      // Who may list is told what is wrong with it; others that they may not.
      return "";
    }
  }

  /** Whether the kind can be used with this verb. */
  boolean allows(Verb verb) {
    return kind.verbs().contains(verb);
  }
}
