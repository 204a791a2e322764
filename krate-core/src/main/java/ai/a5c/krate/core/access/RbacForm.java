package ai.a5c.krate.core.access;

import ai.a5c.krate.api.core.LabelSelector;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.rbac.ClusterRole;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.api.rbac.RbacGroup;
import ai.a5c.krate.api.rbac.RoleRef;
import ai.a5c.krate.api.rbac.RoleSubject;
import ai.a5c.krate.apiserver.kind.DnsNames;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.ObjectMetaValidation;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What is wrong with rules, references and subjects that their schema cannot say. */
final class RbacForm {
  private static final String NAMESPACED = "namespaced rules cannot apply to non-resource URLs";
  private static final String BOTH =
      "rules cannot apply to both regular resources and non-resource URLs";
  private static final Set<String> OPERATORS = Set.of("In", "NotIn", "Exists", "DoesNotExist");

  private final List<FieldError> errors = new ArrayList<>();

  List<FieldError> errors() {
    return errors;
  }

  RbacForm rules(List<PolicyRule> rules, boolean namespaced) {
    for (int i = 0; i < rules.size(); i++) {
      rule("rules[" + i + "]", rules.get(i), namespaced);
    }
    return this;
  }

  private void rule(String path, PolicyRule rule, boolean namespaced) {
    if (rule.verbs().isEmpty()) {
      errors.add(FieldError.required(path + ".verbs", "verbs must contain at least one value"));
    }
    if (!rule.nonResourceURLs().isEmpty()) {
      String at = path + ".nonResourceURLs";
      if (namespaced) {
        errors.add(FieldError.invalid(at, Json.array(rule.nonResourceURLs()), NAMESPACED));
      }
      if (!rule.apiGroups().isEmpty()
          || !rule.resources().isEmpty()
          || !rule.resourceNames().isEmpty()) {
        errors.add(FieldError.invalid(at, Json.array(rule.nonResourceURLs()), BOTH));
      }
      return;
    }
    if (rule.apiGroups().isEmpty()) {
      errors.add(
          FieldError.required(
              path + ".apiGroups", "resource rules must supply at least one api group"));
    }
    if (rule.resources().isEmpty()) {
      errors.add(
          FieldError.required(
              path + ".resources", "resource rules must supply at least one resource"));
    }
  }

  RbacForm aggregation(ClusterRole.AggregationRule rule) {
    String at = "aggregationRule.clusterRoleSelectors";
    if (rule.clusterRoleSelectors().isEmpty()) {
      errors.add(
          FieldError.required(
              at, "at least one clusterRoleSelector required if aggregationRule is non-nil"));
    }
    for (int i = 0; i < rule.clusterRoleSelectors().size(); i++) {
      LabelSelector selector = rule.clusterRoleSelectors().get(i);
      boolean wrong =
          selector.matchLabels().entrySet().stream()
                  .anyMatch(
                      e ->
                          !ObjectMetaValidation.isQualifiedName(e.getKey())
                              || !ObjectMetaValidation.isLabelValue(e.getValue()))
              || selector.matchExpressions().stream().anyMatch(RbacForm::isWrong);
      if (wrong) {
        errors.add(
            FieldError.invalid(
                at + "[" + i + "]", RecordCodec.write(selector), "invalid label selector"));
      }
    }
    return this;
  }

  private static boolean isWrong(LabelSelector.Requirement requirement) {
    boolean valued = requirement.operator().endsWith("In");
    return !OPERATORS.contains(requirement.operator())
        || !ObjectMetaValidation.isQualifiedName(requirement.key())
        || valued == requirement.values().isEmpty()
        || !requirement.values().stream().allMatch(ObjectMetaValidation::isLabelValue);
  }

  RbacForm reference(RoleRef role, boolean namespaced) {
    if (!role.apiGroup().equals(RbacGroup.NAME)) {
      unsupported("roleRef.apiGroup", role.apiGroup(), List.of(RbacGroup.NAME));
    }
    List<String> kinds = namespaced ? List.of("Role", "ClusterRole") : List.of("ClusterRole");
    if (!kinds.contains(role.kind())) {
      unsupported("roleRef.kind", role.kind(), kinds);
    }
    if (role.name().isEmpty()) {
      errors.add(FieldError.required("roleRef.name", ""));
    } else if (!ObjectMetaValidation.isPathSegment(role.name())) {
      errors.add(FieldError.invalid("roleRef.name", role.name(), "may not contain '/' or '%'"));
    }
    return this;
  }

  RbacForm subjects(List<RoleSubject> subjects, boolean namespaced) {
    for (int i = 0; i < subjects.size(); i++) {
      subject("subjects[" + i + "]", subjects.get(i), namespaced);
    }
    return this;
  }

  private void subject(String path, RoleSubject subject, boolean namespaced) {
    if (subject.name().isEmpty()) {
      errors.add(FieldError.required(path + ".name", ""));
    }
    switch (subject.kind()) {
      case "ServiceAccount" -> {
        if (!subject.name().isEmpty() && !DnsNames.isSubdomain(subject.name())) {
          errors.add(FieldError.invalid(path + ".name", subject.name(), DnsNames.SUBDOMAIN_RULE));
        }
        if (!subject.apiGroup().isEmpty()) {
          unsupported(path + ".apiGroup", subject.apiGroup(), List.of(""));
        }
        if (!namespaced && subject.namespace().isEmpty()) {
          errors.add(FieldError.required(path + ".namespace", ""));
        }
      }
      case "User", "Group" -> {
        if (!subject.apiGroup().equals(RbacGroup.NAME)) {
          unsupported(path + ".apiGroup", subject.apiGroup(), List.of(RbacGroup.NAME));
        }
      }
      default ->
          unsupported(path + ".kind", subject.kind(), List.of("Group", "ServiceAccount", "User"));
    }
  }

  private void unsupported(String path, String value, List<String> supported) {
    String names = String.join(", ", supported.stream().map(s -> "\"" + s + "\"").toList());
    errors.add(
        new FieldError(
            FieldError.Reason.NOT_SUPPORTED,
            path,
            "Unsupported value: \"" + value + "\": supported values: " + names));
  }
}
