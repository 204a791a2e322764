package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding.ValidationAction;
import ai.a5c.krate.apiserver.kind.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the audit entry says of rules that did not hold, in the form that Kubernetes gives it. What
 * does not fit an annotation is left out, so that it can always be read.
 */
final class FailureNote {
  static final String KEY = "validation.policy.admission.k8s.io/validation_failure";

  private static final int LONGEST = 10_000;
  private static final int LONGEST_MESSAGE = 1_024;

  private final List<JsonObject> failures = new ArrayList<>();
  private int length;

  void add(CompiledPolicy policy, CompiledBinding binding, PolicyEvaluation.Failure failure) {
    JsonArrayBuilder actions = Json.array();
    for (ValidationAction action : binding.actions()) {
      actions.add(
          switch (action) {
            case DENY -> "Deny";
            case WARN -> "Warn";
            case AUDIT -> "Audit";
          });
    }
    String message = failure.message();
    JsonObject one =
        Json.object()
            .add(
                "message",
                message.length() > LONGEST_MESSAGE
                    ? message.substring(0, LONGEST_MESSAGE)
                    : message)
            .add("policy", policy.name())
            .add("binding", binding.name())
            .add("expressionIndex", failure.index())
            .add("validationActions", actions)
            .build();
    int size = one.toString().length() + 1;
    if (length + size <= LONGEST) {
      failures.add(one);
      length += size;
    }
  }

  Optional<String> text() {
    if (failures.isEmpty()) {
      return Optional.empty();
    }
    JsonArrayBuilder all = Json.array();
    failures.forEach(all::add);
    return Optional.of(all.build().toString());
  }
}
