package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;

/** Says on its commit what came of a pipeline, in one Check for each. */
final class Reports {
  private static final int UID_DIGITS = 8;

  private final Client client;

  Reports(Client client) {
    this.client = client;
  }

  /** Writes the check as it should be, unless it is so. */
  void report(ApiObject pipeline, String message) {
    String name = name(pipeline);
    if (pipeline.text("status", "name").isEmpty() || pipeline.text("spec", "commit").isEmpty()) {
      return;
    }
    JsonObject spec = spec(pipeline, message);
    try {
      Optional<ApiObject> found = client.get(ForgeKinds.CHECK, pipeline.namespace(), name);
      if (found.isEmpty()) {
        var unused = client.create(ForgeKinds.CHECK, check(pipeline, name, spec));
      } else if (!found.get().at("spec").equals(Optional.of(spec))) {
        var unused =
            client.update(
                ForgeKinds.CHECK, pipeline.namespace(), name, check -> check.with(spec, "spec"));
      }
    } catch (ApiException e) {
      switch (e.problem()) {
        case Problem.Invalid gone -> {} // Its repository is going away, and the pipeline, too.
        case Problem.NotFound gone -> {}
        // Its namespace is going away, or its commit has as many checks as it may have.
        case Problem.Forbidden full -> {}
        default -> throw e;
      }
    }
  }

  /** Another pipeline of the same name, after this one was deleted, has a check of its own. */
  static String name(ApiObject pipeline) {
    return pipeline.name() + "-" + pipeline.uid().toString().substring(0, UID_DIGITS);
  }

  private static ApiObject check(ApiObject pipeline, String name, JsonObject spec) {
    JsonObjectBuilder status =
        Json.object()
            .add("pipeline", pipeline.name())
            .add("workflowPath", pipeline.text("spec", "workflow"))
            .add("workflowDigest", pipeline.text("status", "workflowDigest"));
    return new ApiObject(
        Json.object()
            .add("apiVersion", ForgeKinds.CHECK.apiVersion())
            .add("kind", ForgeKinds.CHECK.name())
            .add("metadata", Json.object().add("name", name).add("namespace", pipeline.namespace()))
            .add("spec", spec)
            .add("status", status)
            .build());
  }

  private static JsonObject spec(ApiObject pipeline, String message) {
    JsonObjectBuilder spec =
        Json.object()
            .add("repository", pipeline.text("spec", "repository"))
            .add("commit", pipeline.text("spec", "commit"))
            .add("name", pipeline.text("status", "name"))
            .add("phase", phase(pipeline.text("status", "phase")));
    if (!message.isEmpty()) {
      spec.add("summary", message);
    }
    for (String time : new String[] {"startTime", "completionTime"}) {
      if (!pipeline.text("status", time).isEmpty()) {
        spec.add(time, pipeline.text("status", time));
      }
    }
    return spec.build();
  }

  private static String phase(String pipeline) {
    return switch (pipeline) {
      case "Running", "Succeeded", "Failed", "Canceled" -> pipeline;
      default -> "Pending";
    };
  }
}
