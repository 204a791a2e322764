package ai.a5c.krate.core.access;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.apiserver.authz.rbac.RbacIndex;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Review;
import ai.a5c.krate.core.forge.ForgeKinds;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;

/** Lists what the caller may do in a namespace ({@code kubectl auth can-i --list}). */
final class RulesReview implements Review {
  private final RbacIndex index;

  RulesReview(RbacIndex index) {
    this.index = index;
  }

  @Override
  public Kind kind() {
    return ForgeKinds.SELF_SUBJECT_RULES_REVIEW;
  }

  @Override
  public ApiObject answer(Subject subject, ApiObject asked) {
    String namespace = asked.text("spec", "namespace");
    if (namespace.isEmpty()) {
      throw new ApiException(new Problem.BadRequest("no namespace on request"));
    }
    JsonArrayBuilder resources = Json.array();
    JsonArrayBuilder paths = Json.array();
    for (PolicyRule rule : index.rules(subject, namespace)) {
      JsonObjectBuilder listed = Json.object().add("verbs", Json.array(rule.verbs()));
      if (!rule.nonResourceURLs().isEmpty()) {
        paths.add(listed.add("nonResourceURLs", Json.array(rule.nonResourceURLs())));
        continue;
      }
      listed
          .add("apiGroups", Json.array(rule.apiGroups()))
          .add("resources", Json.array(rule.resources()));
      if (!rule.resourceNames().isEmpty()) {
        listed.add("resourceNames", Json.array(rule.resourceNames()));
      }
      resources.add(listed);
    }
    return asked.with(
        Json.object()
            .add("resourceRules", resources)
            .add("nonResourceRules", paths)
            .add("incomplete", false)
            .build(),
        "status");
  }
}
