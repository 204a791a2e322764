package ai.a5c.krate.cli;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks the change log of a server for entries of the audit trail, by watching from an old revision:
 * it still has, for a day or so, what was removed from the store behind its back.
 */
final class TrailHistory implements TrailCheck.History {
  private static final int MOST = 20;

  private final ApiEndpoint server;

  TrailHistory(ApiEndpoint server) {
    this.server = server;
  }

  @Override
  public List<String> between(long after, long before) {
    List<String> names = new ArrayList<>();
    String target =
        "/apis/krate.a5c.ai/v1alpha1/auditevents?watch=true&timeoutSeconds=2&resourceVersion="
            + after;
    try (ApiResponse watch = server.call(ApiRequest.get(target));
        var lines =
            new BufferedReader(new InputStreamReader(watch.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonObject entry = JsonTree.objectAt(Json.stored(Bytes.utf8(line)), "object");
        long revision = Long.parseLong(JsonTree.textAt(entry, "metadata", "resourceVersion"));
        if (revision >= before || names.size() == MOST) {
          break;
        }
        names.add(
            JsonTree.textAt(entry, "metadata", "namespace")
                + "/"
                + JsonTree.textAt(entry, "metadata", "name")
                + " (revision "
                + revision
                + ")");
      }
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      // What is no longer known cannot be named.
      return List.of();
    }
    return names;
  }
}
