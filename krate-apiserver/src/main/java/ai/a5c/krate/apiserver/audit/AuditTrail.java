package ai.a5c.krate.apiserver.audit;

import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.kind.DnsNames;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Completion;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Template;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Writes the audit trail: an entry in the transaction of what was allowed, an entry of its own for
 * what was refused. Entries form one chain of hashes. May be used from many threads at once.
 */
public final class AuditTrail {
  private static final DateTimeFormatter NAME_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd't'HHmmss").withZone(ZoneOffset.UTC);

  private static final int LONGEST_NAME = 253;
  private static final int LONGEST_COMMAND = 64 * 1024;

  private final Kind kind;
  private final Objects objects;
  private final String systemNamespace;
  private final Supplier<UUID> uids;

  /**
   * A trail of objects of the kind.
   *
   * @param systemNamespace where the entries about cluster-scoped objects are
   */
  public AuditTrail(Kind kind, Objects objects, String systemNamespace, Supplier<UUID> uids) {
    this.kind = kind;
    this.objects = objects;
    this.systemNamespace = systemNamespace;
    this.uids = uids;
  }

  /**
   * Adds the entry of something that was allowed to the plan that does it.
   *
   * @param step the step that writes or removes the object; its revision goes into the entry
   * @param name the completion of the object's name, if only the commit gives it
   */
  public void allowed(Plan plan, AuditRecord record, int step, List<Completion> name) {
    List<Completion> completions = new ArrayList<>();
    completions.add(Completion.number(new Slot.RevisionOf(step), "revision"));
    for (Completion completion : name) {
      completions.add(Completion.text(completion.prefix(), completion.slot(), "resource", "name"));
    }
    append(plan, record, completions);
  }

  /** Writes the entry of something that was refused or failed, in a commit of its own. */
  public void refused(AuditRecord record) {
    Plan plan = new Plan(StorageBoundary.RECORDS, record.subject().name(), record.time());
    append(plan, record, List.of(Completion.number(new Slot.RevisionOf(0), "revision")));
    CommitOutcome outcome = objects.commit(plan);
    if (outcome instanceof CommitOutcome.Rejected rejected) {
      throw new IllegalStateException("the audit trail refused an entry: " + rejected.why());
    }
  }

  private void append(Plan plan, AuditRecord record, List<Completion> more) {
    int self = plan.steps().size();
    String time = NAME_TIME.format(record.time());
    Slot revision = new Slot.RevisionOf(self);
    List<Completion> completions = new ArrayList<>(more);
    completions.add(Plan.resourceVersion(self));
    completions.add(Completion.text(time + "-", revision, "metadata", "name"));
    completions.add(Completion.text("", new Slot.PreviousHash(), "previousHash"));
    completions.add(Completion.text("", new Slot.Hash(), "hash"));
    Template name = Template.builder().text(time + "-").slot(revision).build();
    plan.add(new Step.Audit(kind, entry(record), name, completions));
  }

  private ApiObject entry(AuditRecord record) {
    // What a refused request says in its path need not be a namespace, and no key is made of it.
    String namespace = DnsNames.isLabel(record.namespace()) ? record.namespace() : systemNamespace;
    var json =
        Json.object()
            .add("apiVersion", kind.apiVersion())
            .add("kind", kind.name())
            .add("metadata", metadata(namespace, record.time()))
            .add("time", record.time().toString())
            .add("user", user(record))
            .add("verb", record.verb())
            .add(
                "resource",
                Json.object()
                    .add("group", record.resource().group())
                    .add("resource", record.resource().resource())
                    .add("subresource", record.subresource())
                    .add("name", cut(record.name(), LONGEST_NAME)))
            .add("decision", record.decision().wireName())
            .add("stage", record.stage())
            .add("reason", record.reason())
            .add("code", record.code())
            .add("command", cut(record.command(), LONGEST_COMMAND))
            .add("requestId", record.requestId())
            .add("sourceAddress", record.sourceAddress());
    if (!record.annotations().isEmpty()) {
      var annotations = Json.object();
      record.annotations().forEach((key, value) -> annotations.add(key, value));
      json.add("annotations", annotations);
    }
    return new ApiObject(json.build());
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length);
  }

  private JsonObject metadata(String namespace, Instant time) {
    return Json.object()
        .add("namespace", namespace)
        .add("uid", uids.get().toString())
        .add("creationTimestamp", ApiObject.seconds(time))
        .add("generation", 1)
        .build();
  }

  private static JsonObject user(AuditRecord record) {
    return Json.object()
        .add("name", record.subject().name())
        .add("issuer", record.subject().issuer())
        .add("subject", record.subject().uid())
        .add("groups", JsonTree.texts(record.subject().groups()))
        .build();
  }
}
