package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.apiserver.kind.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of a role, narrowed to one repository: what speaks of repositories speaks of this one;
 * records are bounded by the right to the repository that they belong to; of other configuration
 * what belongs to this repository alone may be used, and more of it created.
 */
public final class RepositoryRules {
  private static final String REPOSITORIES = ForgeKinds.REPOSITORY.plural();
  private static final Set<String> WITHOUT_NAME = Set.of("create", "deletecollection");

  private final String repository;
  private final Map<Kind, List<String>> owned;

  /**
   * Rules of a repository.
   *
   * @param owned the names of the configuration objects that speak of this repository alone
   */
  public RepositoryRules(String repository, Map<Kind, List<String>> owned) {
    this.repository = repository;
    this.owned = Map.copyOf(owned);
  }

  /** Narrows the rules of a role that holds in a namespace. */
  public List<PolicyRule> narrow(List<PolicyRule> rules) {
    List<PolicyRule> narrowed = new ArrayList<>();
    Set<String> bounded = bounded(rules);
    for (PolicyRule rule : rules) {
      Set<String> verbs = new LinkedHashSet<>(rule.verbs());
      for (String group : rule.apiGroups()) {
        List<String> resources = rule.resources();
        if (ForgeKinds.PULL_REQUEST.group().equals(group)) {
          List<String> records = resources.stream().filter(bounded::contains).toList();
          if (!records.isEmpty()) {
            narrowed.add(rule(verbs, group, records, List.of()));
          }
        } else if (ForgeKinds.REPOSITORY.group().equals(group)) {
          configuration(narrowed, verbs, resources);
        }
      }
    }
    return narrowed;
  }

  /** The records that the rules bound by repository; what they do not is of no repository. */
  private static Set<String> bounded(List<PolicyRule> rules) {
    Set<String> bounded = new LinkedHashSet<>();
    for (PolicyRule rule : rules) {
      for (String resource : rule.resources()) {
        if (resource.startsWith(REPOSITORIES + "/")) {
          bounded.add(resource.substring(REPOSITORIES.length() + 1));
        }
      }
    }
    return bounded;
  }

  private void configuration(List<PolicyRule> narrowed, Set<String> verbs, List<String> resources) {
    List<String> ofRepositories =
        resources.stream()
            .filter(r -> r.equals(REPOSITORIES) || r.startsWith(REPOSITORIES + "/"))
            .toList();
    List<String> subresources = ofRepositories.stream().filter(r -> r.contains("/")).toList();
    List<String> named = List.of(repository);
    if (!subresources.isEmpty()) {
      narrowed.add(rule(verbs, ForgeKinds.REPOSITORY.group(), subresources, named));
    }
    if (ofRepositories.contains(REPOSITORIES) && !existing(verbs).isEmpty()) {
      narrowed.add(
          rule(existing(verbs), ForgeKinds.REPOSITORY.group(), List.of(REPOSITORIES), named));
    }
    owned.forEach(
        (kind, names) -> {
          if (resources.contains(kind.plural())) {
            ofOwned(narrowed, verbs, kind, names);
          }
        });
  }

  private static void ofOwned(
      List<PolicyRule> narrowed, Set<String> verbs, Kind kind, List<String> names) {
    List<String> resource = List.of(kind.plural());
    if (verbs.contains("create")) {
      narrowed.add(rule(Set.of("create"), kind.group(), resource, List.of()));
    }
    if (!names.isEmpty() && !existing(verbs).isEmpty()) {
      narrowed.add(rule(existing(verbs), kind.group(), resource, names));
    }
  }

  /** The verbs that are about an object with a name. */
  private static Set<String> existing(Set<String> verbs) {
    Set<String> existing = new LinkedHashSet<>(verbs);
    existing.removeAll(WITHOUT_NAME);
    return existing;
  }

  private static PolicyRule rule(
      Set<String> verbs, String group, List<String> resources, List<String> names) {
    return new PolicyRule(List.copyOf(verbs), List.of(group), resources, names, List.of());
  }
}
