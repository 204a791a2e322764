package ai.a5c.krate.api.records;

import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.api.schema.Verb;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who did what, allowed or not; the server writes it with what it speaks of, and nobody changes it.
 */
@Kind(
    group = RecordsGroup.NAME,
    version = RecordsGroup.VERSION,
    name = "AuditEvent",
    plural = "auditevents",
    shortNames = {"audit", "kaudit"},
    categories = {"krate", RecordsGroup.CATEGORY},
    boundary = StorageBoundary.RECORDS,
    verbs = {Verb.GET, Verb.LIST, Verb.WATCH})
@Description("An AuditEvent says who did what and whether that was allowed.")
public record AuditEvent(
    @Description("When the request came.") @NotNull @Column(value = "TIME", order = 10)
        Instant time,
    @Description("Who asked.") @NotNull @Column(value = "USER", order = 20, of = "name") User user,
    @Description("What was asked for, in Kubernetes' verbs.")
        @NotBlank
        @Selectable
        @Size(max = 64)
        @Column(value = "VERB", order = 30)
        String verb,
    @Description("What it was asked of.")
        @NotNull
        @Column(value = "RESOURCE", order = 40, of = "resource")
        Resource resource,
    @Description("Whether it was allowed, and worked.")
        @NotNull
        @Selectable
        @Column(value = "DECISION", order = 50)
        Decision decision,
    @Description("The stage of the road that decided, in CamelCase.") @Size(max = 64) String stage,
    @Description("The reason of the Status that was answered.")
        @Size(max = 1024)
        @Column(value = "REASON", order = 60)
        String reason,
    @Description("The HTTP status code that was answered.") int code,
    @Description("The command that does it again, without secret values.") @Size(max = 65_536)
        String command,
    @Description("The id of the request, which the log has too.") @Size(max = 64) String requestId,
    @Description("The address that the request came from.") @Size(max = 64) String sourceAddress,
    @Description("What was noticed on the way, such as a rule that was bypassed.") @Size(max = 64)
        Map<String, @Size(max = 1024) String> annotations,
    @Description("The resource version of the change, or of the entry itself after a refusal.")
        long revision,
    @Description("The hash of the entry before this one.") @Size(max = 128) String previousHash,
    @Description("The hash of this entry, which covers the hash before it.") @Size(max = 128)
        String hash) {
  public AuditEvent {
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  /** Who asked. */
  public record User(
      @Description("The name of the user.") @Size(max = 1024) String name,
      @Description("Who vouches for the user; empty for a client certificate.") @Size(max = 2048)
          String issuer,
      @Description("The identity provider's own id of the user.") @Size(max = 1024) String subject,
      @Description("The groups that the user is in.") List<@Size(max = 1024) String> groups) {
    public User {
      groups = List.copyOf(groups);
    }
  }

  /** What something was asked of. */
  public record Resource(
      @Description("The API group; empty for the core group.") @Size(max = 253) String group,
      @Description("The plural of the kind.") @Selectable @Size(max = 253) String resource,
      @Description("The part of the object, such as status.") @Size(max = 253) String subresource,
      @Description("The name of the object; empty for a collection.") @Selectable @Size(max = 253)
          String name) {}

  /** What became of a request. */
  public enum Decision {
    ALLOWED,
    DENIED,
    FAILED
  }
}
