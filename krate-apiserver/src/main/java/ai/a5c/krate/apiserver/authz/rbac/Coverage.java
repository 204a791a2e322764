package ai.a5c.krate.apiserver.authz.rbac;

import ai.a5c.krate.api.rbac.PolicyRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares rules with what is held, part by part: one verb, group, resource and name, or one verb
 * and path. A part may be held by another rule than its neighbour.
 */
public final class Coverage {
  /** Rules of more parts than this are not taken apart, and count as not held. */
  private static final long MOST_PARTS = 100_000;

  private final Predicate<Question> holds;
  private final BiPredicate<String, String> holdsPath;
  private final Map<Place, Set<String>> missing = new LinkedHashMap<>();
  private final Map<String, Set<String>> missingPaths = new LinkedHashMap<>();

  private record Place(String group, String resource, @Nullable String name) {}

  Coverage(Predicate<Question> holds, BiPredicate<String, String> holdsPath) {
    this.holds = holds;
    this.holdsPath = holdsPath;
  }

  /** What of the wanted rules those that are held do not say, in few words. */
  public static List<PolicyRule> missing(List<PolicyRule> held, List<PolicyRule> wanted) {
    RoleTable table = new RoleTable(held);
    return new Coverage(table::allows, table::allowsPath).missing(wanted);
  }

  /** What is not held, parts that differ in nothing but the verb put together. */
  List<PolicyRule> missing(List<PolicyRule> rules) {
    long parts = 0;
    for (PolicyRule rule : rules) {
      parts += parts(rule);
      if (parts > MOST_PARTS) {
        return List.copyOf(rules);
      }
    }
    for (PolicyRule rule : rules) {
      resources(rule);
      paths(rule);
    }
    List<PolicyRule> all = new ArrayList<>();
    missing.forEach(
        (place, verbs) ->
            all.add(
                new PolicyRule(
                    List.copyOf(verbs),
                    List.of(place.group()),
                    List.of(place.resource()),
                    place.name() == null ? List.of() : List.of(place.name()),
                    List.of())));
    missingPaths.forEach(
        (path, verbs) ->
            all.add(
                new PolicyRule(
                    List.copyOf(verbs), List.of(), List.of(), List.of(), List.of(path))));
    return all;
  }

  private static long parts(PolicyRule rule) {
    long resources =
        (long) rule.apiGroups().size()
            * rule.resources().size()
            * Math.max(1, rule.resourceNames().size());
    return rule.verbs().size() * (resources + rule.nonResourceURLs().size());
  }

  private void resources(PolicyRule rule) {
    for (String group : rule.apiGroups()) {
      for (String resource : rule.resources()) {
        for (String verb : rule.verbs()) {
          if (rule.resourceNames().isEmpty()) {
            resource(new Place(group, resource, null), verb);
          }
          for (String name : rule.resourceNames()) {
            resource(new Place(group, resource, name), verb);
          }
        }
      }
    }
  }

  private void resource(Place place, String verb) {
    Question part = Question.ofPart(verb, place.group(), place.resource(), place.name());
    if (!holds.test(part)) {
      missing.computeIfAbsent(place, p -> new LinkedHashSet<>()).add(verb);
    }
  }

  private void paths(PolicyRule rule) {
    for (String path : rule.nonResourceURLs()) {
      for (String verb : rule.verbs()) {
        if (!holdsPath.test(verb, path)) {
          missingPaths.computeIfAbsent(path, p -> new LinkedHashSet<>()).add(verb);
        }
      }
    }
  }
}
