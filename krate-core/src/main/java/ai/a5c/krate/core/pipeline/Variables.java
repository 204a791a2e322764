package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.api.records.Workflow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The environment of the steps of a pipeline. */
final class Variables {
  private static final String PREFIX = "KRATE_";
  private static final String CI = "CI";

  private Variables() {}

  /** Whether the server alone sets a variable of that name. */
  static boolean isReserved(String name) {
    return name.equals(CI) || name.startsWith(PREFIX);
  }

  /** What a step has: of one name, what stands last here counts. */
  static List<Job.EnvVar> of(
      Workflow.Spec workflow, Workflow.Step step, String pipeline, Pipeline.Spec spec) {
    Map<String, String> variables = new LinkedHashMap<>();
    workflow.env().forEach(variable -> variables.put(variable.name(), variable.value()));
    for (Workflow.Parameter parameter : workflow.parameters()) {
      String otherwise = parameter.defaultValue() == null ? "" : parameter.defaultValue();
      variables.put(parameter.name(), spec.parameters().getOrDefault(parameter.name(), otherwise));
    }
    step.env().forEach(variable -> variables.put(variable.name(), variable.value()));
    variables.put(CI, "true");
    variables.put(PREFIX + "REPOSITORY", spec.repository());
    variables.put(PREFIX + "REF", spec.ref());
    variables.put(PREFIX + "COMMIT", spec.commit() == null ? "" : spec.commit());
    variables.put(PREFIX + "PIPELINE", pipeline);
    variables.put(PREFIX + "STEP", step.name());
    return variables.entrySet().stream()
        .map(variable -> new Job.EnvVar(variable.getKey(), variable.getValue()))
        .toList();
  }
}
