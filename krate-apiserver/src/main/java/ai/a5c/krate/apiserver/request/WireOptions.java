package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.wire.DeleteOptions;
import ai.a5c.krate.apiserver.wire.WriteOptions;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/** The options of requests as admission sees them. A patch is an update to it. */
final class WireOptions {
  private WireOptions() {}

  /** Of a creation with nothing in particular. */
  static JsonObject create() {
    return options("CreateOptions", false).build();
  }

  /** Of a change with nothing in particular. */
  static JsonObject update() {
    return options("UpdateOptions", false).build();
  }

  static JsonObject of(WriteOptions.Write write, WriteOptions options) {
    JsonObjectBuilder json =
        options(
            write == WriteOptions.Write.CREATE ? "CreateOptions" : "UpdateOptions",
            options.dryRun());
    if (!options.fieldManager().isEmpty()) {
      json.add("fieldManager", options.fieldManager());
    }
    return json.add("fieldValidation", options.fieldValidation().wireName()).build();
  }

  static JsonObject of(DeleteOptions options) {
    JsonObjectBuilder json = options("DeleteOptions", options.dryRun());
    Long grace = options.gracePeriodSeconds();
    if (grace != null) {
      json.add("gracePeriodSeconds", grace);
    }
    JsonObjectBuilder preconditions = Json.object();
    String uid = options.uid();
    if (uid != null) {
      preconditions.add("uid", uid);
    }
    String version = options.resourceVersion();
    if (version != null) {
      preconditions.add("resourceVersion", version);
    }
    if (uid != null || version != null) {
      json.add("preconditions", preconditions);
    }
    switch (options.propagation()) {
      case UNSPECIFIED -> {}
      case ORPHAN -> json.add("propagationPolicy", "Orphan");
      case BACKGROUND -> json.add("propagationPolicy", "Background");
      case FOREGROUND -> json.add("propagationPolicy", "Foreground");
    }
    return json.build();
  }

  private static JsonObjectBuilder options(String kind, boolean dryRun) {
    JsonObjectBuilder json = Json.object().add("kind", kind).add("apiVersion", "meta.k8s.io/v1");
    return dryRun ? json.add("dryRun", Json.array(List.of("All"))) : json;
  }
}
