package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.kind.Kind;
import java.time.Instant;

/**
 * Who writes an object, and how.
 *
 * @param namespace empty for a cluster-scoped kind
 * @param subresource empty, or {@code status}
 * @param time of the request
 * @param dryRun whether nothing may be kept of it
 */
public record WriteContext(
    Subject subject,
    Kind kind,
    String namespace,
    String subresource,
    Instant time,
    boolean dryRun) {
  public boolean onStatus() {
    return subresource.equals("status");
  }
}
