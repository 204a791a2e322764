package ai.a5c.krate.core.runner;

import java.util.Map;
import java.util.TreeMap;

/** The variables of a step: its own, and those that say where it runs. */
final class JobVariables {
  private JobVariables() {}

  static Map<String, String> of(Claiming.Claim claim) {
    Map<String, String> all = new TreeMap<>();
    claim.job().spec().env().forEach(variable -> all.put(variable.name(), variable.value()));
    String commit = claim.pipeline().spec().commit();
    all.put("CI", "true");
    all.put("KRATE_ORGANIZATION", claim.organization());
    all.put("KRATE_REPOSITORY", claim.repository().name());
    all.put("KRATE_REF", claim.pipeline().spec().ref());
    all.put("KRATE_COMMIT", commit == null ? "" : commit);
    all.put("KRATE_PIPELINE", claim.pipelineObject().name());
    all.put("KRATE_JOB", claim.object().name());
    all.put("KRATE_STEP", claim.job().spec().step());
    return all;
  }
}
