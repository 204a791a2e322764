package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.apiserver.kind.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of a role, narrowed to one repository: what speaks of repositories speaks of this one;
 * records are bounded by the right to the repository that they belong to; of other configuration
 * what belongs to this repository alone may be used, and more of it created. A rule that is limited
 * to names stays so, and one of a wildcard gives nothing: what it would let in is not known.
 */
public final class RepositoryRules {
  private static final String REPOSITORIES = ForgeKinds.REPOSITORY.plural();
  private static final Set<String> WITHOUT_NAME = Set.of("create", "deletecollection");
  private static final Set<String> UNBOUNDED = Set.of("*", ForgeKinds.AUDIT_EVENT.plural());

  private final String repository;
  private final Map<Kind, List<String>> owned;

  /**
   * Rules of a repository.
   *
   * @param owned the names of the configuration objects that speak of this repository alone
   */
  public RepositoryRules(String repository, Map<Kind, List<String>> owned) {
    this.repository = repository;
    this.owned = Collections.unmodifiableMap(new LinkedHashMap<>(owned));
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
            narrowed.add(rule(verbs, group, records, rule.resourceNames()));
          }
        } else if (ForgeKinds.REPOSITORY.group().equals(group)) {
          configuration(narrowed, verbs, resources, rule.resourceNames());
        }
      }
    }
    return narrowed;
  }

  /**
   * The records that the rules bound by repository, with what is read of them as bytes; what they
   * do not bound is of no repository. Audit never is bounded: its entries are read in the whole
   * namespace or not at all.
   */
  private static Set<String> bounded(List<PolicyRule> rules) {
    Set<String> bounded = new LinkedHashSet<>();
    for (PolicyRule rule : rules) {
      for (String resource : rule.resources()) {
        if (rule.apiGroups().contains(ForgeKinds.REPOSITORY.group())
            && resource.startsWith(REPOSITORIES + "/")) {
          bounded.add(resource.substring(REPOSITORIES.length() + 1));
        }
      }
    }
    bounded.removeAll(UNBOUNDED);
    for (Kind kind : ForgeKinds.all().all()) {
      if (kind.group().equals(ForgeKinds.PULL_REQUEST.group()) && bounded.contains(kind.plural())) {
        ForgeKinds.readouts(kind).forEach(part -> bounded.add(kind.plural() + "/" + part.name()));
      }
    }
    return bounded;
  }

  private void configuration(
      List<PolicyRule> narrowed, Set<String> verbs, List<String> resources, List<String> limits) {
    boolean here = limits.isEmpty() || limits.contains(repository);
    List<String> ofRepositories =
        resources.stream()
            .filter(r -> r.equals(REPOSITORIES) || r.startsWith(REPOSITORIES + "/"))
            .toList();
    List<String> subresources = ofRepositories.stream().filter(r -> r.contains("/")).toList();
    List<String> named = List.of(repository);
    if (here && !subresources.isEmpty()) {
      narrowed.add(rule(verbs, ForgeKinds.REPOSITORY.group(), subresources, named));
    }
    if (here && ofRepositories.contains(REPOSITORIES) && !existing(verbs).isEmpty()) {
      narrowed.add(
          rule(existing(verbs), ForgeKinds.REPOSITORY.group(), List.of(REPOSITORIES), named));
    }
    owned.forEach(
        (kind, names) -> {
          if (resources.contains(kind.plural())) {
            ofOwned(narrowed, verbs, kind, names, limits);
          }
        });
  }

  private static void ofOwned(
      List<PolicyRule> narrowed,
      Set<String> verbs,
      Kind kind,
      List<String> owned,
      List<String> limits) {
    List<String> resource = List.of(kind.plural());
    List<String> names =
        limits.isEmpty() ? owned : owned.stream().filter(limits::contains).toList();
    if (limits.isEmpty() && verbs.contains("create")) {
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
