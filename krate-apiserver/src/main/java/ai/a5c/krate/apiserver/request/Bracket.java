package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.problem.Status;
import ai.a5c.krate.apiserver.audit.AuditRecord;
import ai.a5c.krate.apiserver.audit.AuditTrail;

/**
 * The audit of one request, open from before it is authenticated until its commit or its refusal. Used by one thread.
 */
final class Bracket {
  private static final int REASON_LIMIT = 1_024;

  private final AuditTrail trail;
  private final RefusalLimit limit;
  private final Received received;
  private Subject subject = Subject.ANONYMOUS;
  private Stage stage = Stage.AUTHENTICATE;

  Bracket(AuditTrail trail, RefusalLimit limit, Received received) {
    this.trail = trail;
    this.limit = limit;
    this.received = received;
  }

  Received received() {
    return received;
  }

  Subject subject() {
    return subject;
  }

  void authenticated(Subject as) {
    subject = as;
  }

  void at(Stage reached) {
    stage = reached;
  }

  /** What the entry in the commit says. */
  AuditRecord allowed(int code, String name) {
    return record(AuditRecord.Decision.ALLOWED, "", code, name);
  }

  /** Writes the refusal, unless nothing may be kept of the request. */
  void refused(Problem problem) {
    if (received.errand().dryRun() || (subject.equals(Subject.ANONYMOUS) && !limit.take())) {
      return;
    }
    Status status = Status.of(problem);
    AuditRecord.Decision decision =
        status.code() >= 500 ? AuditRecord.Decision.FAILED : AuditRecord.Decision.DENIED;
    String reason = status.reason() + ": " + status.message();
    String bounded = reason.length() > REASON_LIMIT ? reason.substring(0, REASON_LIMIT) : reason;
    trail.refused(record(decision, bounded, status.code(), received.errand().name()));
  }

  private AuditRecord record(AuditRecord.Decision decision, String reason, int code, String name) {
    Errand errand = received.errand();
    return new AuditRecord(
        received.time(),
        subject,
        errand.verb(),
        errand.resource(),
        errand.subresource(),
        errand.namespace(),
        name,
        decision,
        stage.wireName(),
        reason,
        code,
        errand.command(),
        received.requestId(),
        received.caller().address());
  }
}
