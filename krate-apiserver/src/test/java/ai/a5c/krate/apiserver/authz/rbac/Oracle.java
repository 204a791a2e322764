package ai.a5c.krate.apiserver.authz.rbac;

import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.api.rbac.RoleRef;
import ai.a5c.krate.api.rbac.RoleSubject;
import ai.a5c.krate.apiserver.authz.Attributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What roles and bindings allow, by the letter: every binding and every rule, each time. */
final class Oracle {
  record Bound(RoleRef role, List<RoleSubject> subjects) {}

  final Map<RoleKey, List<PolicyRule>> roles = new LinkedHashMap<>();
  final Map<BindingKey, Bound> bindings = new LinkedHashMap<>();

  boolean allows(Attributes asked) {
    return bindings.entrySet().stream()
        .filter(b -> reaches(b.getKey().namespace(), asked))
        .filter(b -> speaksOf(b.getKey().namespace(), b.getValue(), asked))
        .flatMap(b -> rules(b.getKey().namespace(), b.getValue().role()).stream())
        .anyMatch(rule -> allows(rule, asked));
  }

  private static boolean reaches(String namespace, Attributes asked) {
    return namespace.isEmpty() || (!asked.isPath() && namespace.equals(asked.namespace()));
  }

  private static boolean speaksOf(String namespace, Bound bound, Attributes asked) {
    return bound.subjects().stream()
        .anyMatch(
            s ->
                switch (s.kind()) {
                  case "User" -> s.name().equals(asked.subject().name());
                  case "Group" -> asked.subject().groups().contains(s.name());
                  default -> {
                    String of = s.namespace().isEmpty() ? namespace : s.namespace();
                    yield !of.isEmpty()
                        && asked
                            .subject()
                            .name()
                            .equals("system:serviceaccount:" + of + ":" + s.name());
                  }
                });
  }

  private List<PolicyRule> rules(String namespace, RoleRef role) {
    String of = role.kind().equals("ClusterRole") ? "" : namespace;
    return roles.getOrDefault(new RoleKey(of, role.name()), List.of());
  }

  static boolean allows(PolicyRule rule, Attributes asked) {
    if (!rule.verbs().contains("*") && !rule.verbs().contains(asked.verb())) {
      return false;
    }
    if (asked.isPath()) {
      return rule.nonResourceURLs().stream().anyMatch(p -> fits(p, asked.path()));
    }
    String sub = asked.subresource();
    String resource = asked.resource().resource() + (sub.isEmpty() ? "" : "/" + sub);
    return (rule.apiGroups().contains("*") || rule.apiGroups().contains(asked.resource().group()))
        && (rule.resources().contains("*")
            || rule.resources().contains(resource)
            || (!sub.isEmpty() && rule.resources().contains("*/" + sub)))
        && (rule.resourceNames().isEmpty() || rule.resourceNames().contains(asked.name()));
  }

  private static boolean fits(String pattern, String path) {
    return pattern.equals(path)
        || (pattern.endsWith("*") && path.startsWith(pattern.substring(0, pattern.length() - 1)));
  }

  /** Whether one of the held rules covers each part of the wanted ones, as Kubernetes compares. */
  static boolean covers(List<PolicyRule> held, List<PolicyRule> wanted) {
    for (PolicyRule rule : wanted) {
      for (String verb : rule.verbs()) {
        for (String path : rule.nonResourceURLs()) {
          if (held.stream().noneMatch(h -> has(h.verbs(), verb) && coversPath(h, path))) {
            return false;
          }
        }
        for (String group : rule.apiGroups()) {
          for (String resource : rule.resources()) {
            List<String> names = rule.resourceNames();
            boolean all =
                names.isEmpty()
                    ? held.stream()
                        .anyMatch(
                            h ->
                                h.resourceNames().isEmpty()
                                    && coversResource(h, verb, group, resource))
                    : names.stream()
                        .allMatch(
                            name ->
                                held.stream()
                                    .anyMatch(
                                        h ->
                                            (h.resourceNames().isEmpty()
                                                    || h.resourceNames().contains(name))
                                                && coversResource(h, verb, group, resource)));
            if (!all) {
              return false;
            }
          }
        }
      }
    }
    return true;
  }

  private static boolean coversResource(
      PolicyRule held, String verb, String group, String resource) {
    int slash = resource.indexOf('/');
    return has(held.verbs(), verb)
        && has(held.apiGroups(), group)
        && (has(held.resources(), resource)
            || (slash > 0 && held.resources().contains("*" + resource.substring(slash))));
  }

  private static boolean coversPath(PolicyRule held, String path) {
    return held.nonResourceURLs().stream().anyMatch(p -> fits(p, path));
  }

  private static boolean has(List<String> values, String value) {
    return values.contains("*") || values.contains(value);
  }
}
