package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.admission.MatchResources;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.wire.LabelSelector;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides whether a request is meant, by Kubernetes' rules; the cheapest question first. */
final class ResourceMatch {
  private static final String ALL = "*";

  private final List<MatchResources.Rule> rules;
  private final List<MatchResources.Rule> excluded;
  private final LabelSelector objects;
  private final LabelSelector namespaces;

  ResourceMatch(MatchResources resources) {
    this.rules = resources.resourceRules();
    this.excluded = resources.excludeResourceRules();
    this.objects = Selectors.of(resources.objectSelector());
    this.namespaces = Selectors.of(resources.namespaceSelector());
  }

  /**
   * Whether it is.
   *
   * @throws ai.a5c.krate.api.problem.ApiException NotFound if that depends on a namespace that is
   *     gone
   */
  boolean matches(RequestFacts facts) {
    return (rules.isEmpty() || any(rules, facts))
        && !any(excluded, facts)
        && (objects.isEverything() || selects(facts.object()) || selects(facts.old()))
        && (namespaces.isEverything() || isInNamespace(facts));
  }

  private boolean selects(@Nullable ApiObject object) {
    return object != null && objects.matches(object.labels());
  }

  private boolean isInNamespace(RequestFacts facts) {
    Map<String, String> labels = facts.namespaceLabels();
    return labels == null || namespaces.matches(labels);
  }

  private static boolean any(List<MatchResources.Rule> rules, RequestFacts facts) {
    for (MatchResources.Rule rule : rules) {
      if (matches(rule, facts)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(MatchResources.Rule rule, RequestFacts facts) {
    return holds(rule.operations(), facts.operation())
        && holds(rule.apiGroups(), facts.kind().group())
        && holds(rule.apiVersions(), facts.kind().version())
        && isResource(rule.resources(), facts.kind().plural(), facts.subresource())
        && isScope(rule.scope(), facts)
        && (rule.resourceNames().isEmpty() || rule.resourceNames().contains(facts.name()));
  }

  private static boolean holds(List<String> given, String value) {
    return given.contains(ALL) || given.contains(value);
  }

  private static boolean isResource(List<String> given, String resource, String subresource) {
    for (String one : given) {
      int slash = one.indexOf('/');
      String plural = slash < 0 ? one : one.substring(0, slash);
      String sub = slash < 0 ? "" : one.substring(slash + 1);
      if ((plural.equals(ALL) || plural.equals(resource))
          && (sub.equals(ALL) || sub.equals(subresource))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isScope(String scope, RequestFacts facts) {
    return switch (scope) {
      case "Cluster" -> facts.isClusterScoped();
      case "Namespaced" -> !facts.isClusterScoped();
      default -> true;
    };
  }
}
