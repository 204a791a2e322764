package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.admission.MatchResources;
import ai.a5c.krate.api.problem.FieldError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is wrong with the match of a policy or a binding, as Kubernetes says it. */
final class MatchChecks {
  private static final Set<String> OPERATIONS = Set.of("CREATE", "UPDATE", "DELETE", "*");

  private final List<FieldError> errors = new ArrayList<>();

  private MatchChecks() {}

  static List<FieldError> errors(MatchResources match, String path) {
    var checks = new MatchChecks();
    checks.errors.addAll(Selectors.errors(match.namespaceSelector(), path + ".namespaceSelector"));
    checks.errors.addAll(Selectors.errors(match.objectSelector(), path + ".objectSelector"));
    checks.rules(match.resourceRules(), path + ".resourceRules");
    checks.rules(match.excludeResourceRules(), path + ".excludeResourceRules");
    return checks.errors;
  }

  private void rules(List<MatchResources.Rule> rules, String path) {
    for (int i = 0; i < rules.size(); i++) {
      MatchResources.Rule rule = rules.get(i);
      String at = path + "[" + i + "].";
      alone(rule.apiGroups(), at + "apiGroups", "must not specify other API groups");
      alone(rule.apiVersions(), at + "apiVersions", "must not specify other API versions");
      filled(rule.apiVersions(), at + "apiVersions");
      alone(rule.operations(), at + "operations", "must not specify other operations");
      operations(rule.operations(), at + "operations");
      resources(rule.resources(), at + "resources");
      names(rule.resourceNames(), at + "resourceNames");
    }
  }

  private void alone(List<String> values, String path, String otherwise) {
    if (values.isEmpty()) {
      errors.add(FieldError.required(path, ""));
    } else if (values.contains("*") && values.size() > 1) {
      errors.add(FieldError.invalid(path, values, "if '*' is present, " + otherwise));
    }
  }

  private void filled(List<String> values, String path) {
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).isEmpty()) {
        errors.add(FieldError.required(path + "[" + i + "]", ""));
      }
    }
  }

  private void operations(List<String> operations, String path) {
    for (int i = 0; i < operations.size(); i++) {
      if (!OPERATIONS.contains(operations.get(i))) {
        errors.add(
            new FieldError(
                FieldError.Reason.NOT_SUPPORTED,
                path + "[" + i + "]",
                "Unsupported value: \""
                    + operations.get(i)
                    + "\": supported values: \"*\", \"CREATE\", \"DELETE\", \"UPDATE\""));
      }
    }
  }

  private void resources(List<String> resources, String path) {
    if (resources.isEmpty()) {
      errors.add(FieldError.required(path, ""));
    }
    boolean all = resources.contains("*/*");
    if (all && resources.size() > 1) {
      errors.add(
          FieldError.invalid(
              path, resources, "if '*/*' is present, must not specify other resources"));
    }
    if (resources.contains("*")
        && resources.stream().anyMatch(r -> !r.equals("*") && !r.contains("/"))) {
      errors.add(
          FieldError.invalid(
              path,
              resources,
              "if '*' is present, must not specify other resources without subresources"));
    }
    for (int i = 0; i < resources.size(); i++) {
      String resource = resources.get(i);
      boolean malformed =
          resource.startsWith("/")
              || resource.endsWith("/")
              || resource.indexOf('/') != resource.lastIndexOf('/');
      if (resource.isEmpty()) {
        errors.add(FieldError.required(path + "[" + i + "]", ""));
      } else if (malformed) {
        errors.add(
            FieldError.invalid(
                path + "[" + i + "]", resource, "must be a resource, or resource/subresource"));
      }
    }
  }

  private void names(List<String> names, String path) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String at = path + "[" + i + "]";
      if (names.get(i).isEmpty()) {
        errors.add(FieldError.invalid(at, names.get(i), "must not be empty"));
      } else if (!seen.add(names.get(i))) {
        errors.add(
            new FieldError(
                FieldError.Reason.DUPLICATE, at, "Duplicate value: \"" + names.get(i) + "\""));
      }
    }
  }
}
