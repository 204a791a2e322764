package ai.a5c.krate.apiserver.audit;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the audit trail says of one request.
 *
 * @param namespace of the object; empty for cluster scope
 * @param name of the object; empty for a collection, or where only the commit gives it
 * @param stage of the road at which it ended
 * @param reason of the refusal, as its Status has it with its message; empty if it was allowed
 * @param code the HTTP status code of the answer
 * @param command that does it again, secret values left out
 * @param annotations what was noticed on the way, such as a rule that was bypassed, by a qualified
 *     name
 */
public record AuditRecord(
    Instant time,
    Subject subject,
    String verb,
    GroupResource resource,
    String subresource,
    String namespace,
    String name,
    Decision decision,
    String stage,
    String reason,
    int code,
    String command,
    String requestId,
    String sourceAddress,
    Map<String, String> annotations) {
  public AuditRecord {
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  /** How it ended. */
  public enum Decision {
    /** It was done. */
    ALLOWED("Allowed"),
    /** It was refused. */
    DENIED("Denied"),
    /** It broke. */
    FAILED("Failed");

    private final String wireName;

    Decision(String wireName) {
      this.wireName = wireName;
    }

    String wireName() {
      return wireName;
    }
  }
}
