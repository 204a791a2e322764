package ai.a5c.krate.core.runner;

import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import java.util.Map;
import java.util.TreeMap;

/** The variables of a step: its own, and those that say where it runs. */
final class JobVariables {
  private JobVariables() {}

  static Map<String, String> of(Client client, Claiming.Claim claim) {
    Map<String, String> all = new TreeMap<>();
    claim.job().spec().env().forEach(variable -> all.put(variable.name(), variable.value()));
    String commit = claim.pipeline().spec().commit();
    String organization =
        client
            .get(ForgeKinds.NAMESPACE, "", claim.object().namespace())
            .map(namespace -> namespace.labels().getOrDefault(Marks.ORGANIZATION, ""))
            .orElse("");
    all.put("CI", "true");
    all.put("KRATE_ORGANIZATION", organization);
    all.put("KRATE_REPOSITORY", claim.repository().name());
    all.put("KRATE_REF", claim.pipeline().spec().ref());
    all.put("KRATE_COMMIT", commit == null ? "" : commit);
    all.put("KRATE_PIPELINE", claim.pipelineObject().name());
    all.put("KRATE_JOB", claim.object().name());
    all.put("KRATE_STEP", claim.job().spec().step());
    return all;
  }
}
