package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.problem.Status;
import ai.a5c.krate.apiserver.audit.AuditRecord;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The audit of one request, open from before it is authenticated until its commit or its refusal.
 * Used by one thread.
 */
final class Bracket {
  private static final int REASON_LIMIT = 1_024;
  private static final int MOST_ANNOTATIONS = 64;

  private final AuditTrail trail;
  private final RefusalLimit limit;
  private final Received received;
  private final boolean secret;
  private final Map<String, String> annotations = new TreeMap<>();
  private Subject subject = Subject.ANONYMOUS;
  private Stage stage = Stage.AUTHENTICATE;
  private String name;

  /**
   * The bracket of a request that has just been received.
   *
   * @param secret whether the object is sealed at rest, so that nothing that quotes it is written
   */
  Bracket(AuditTrail trail, RefusalLimit limit, Received received, boolean secret) {
    this.trail = trail;
    this.limit = limit;
    this.received = received;
    this.secret = secret;
    this.name = received.errand().name();
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

  /** The object whose name stood in the body rather than in the path. */
  void about(Proposal proposal) {
    if (name.isEmpty()) {
      name = proposal.name();
    }
  }

  /** Notes something for the audit entry; what does not fit is left out. */
  void annotate(String key, String value) {
    if (annotations.size() < MOST_ANNOTATIONS || annotations.containsKey(key)) {
      annotations.put(
          key, value.length() > REASON_LIMIT ? value.substring(0, REASON_LIMIT) : value);
    }
  }

  /** Forgets what a lost attempt noted. */
  void begunAgain() {
    annotations.clear();
  }

  /** What the entry in the commit says. */
  AuditRecord allowed(int code, String of) {
    return record(AuditRecord.Decision.ALLOWED, "", code, of);
  }

  /**
   * Writes the refusal, unless nothing may be kept of the request.
   *
   * @throws StoreUnavailableException if it cannot be written: then the refusal is not answered
   *     either, so that every one that is has its entry
   */
  void refused(Problem problem) {
    if (received.errand().dryRun() || (subject.equals(Subject.ANONYMOUS) && !limit.take())) {
      return;
    }
    Status status = Status.of(problem);
    AuditRecord.Decision decision =
        status.code() >= 500 ? AuditRecord.Decision.FAILED : AuditRecord.Decision.DENIED;
    String reason = secret ? status.reason() : status.reason() + ": " + status.message();
    String bounded = reason.length() > REASON_LIMIT ? reason.substring(0, REASON_LIMIT) : reason;
    try {
      trail.refused(record(decision, bounded, status.code(), name));
    } catch (OutcomeUnknownException e) {
      throw new StoreUnavailableException("the store was lost while a refusal was written", e);
    }
  }

  /** Writes that the request failed, if it can be: the fault is what counts. */
  void failed(RuntimeException fault) {
    try {
      refused(new Problem.Internal(received.requestId()));
    } catch (RuntimeException e) {
      fault.addSuppressed(e);
    }
  }

  private AuditRecord record(AuditRecord.Decision decision, String reason, int code, String of) {
    Errand errand = received.errand();
    return new AuditRecord(
        received.time(),
        subject,
        errand.verb(),
        errand.resource(),
        errand.subresource(),
        errand.namespace(),
        of,
        decision,
        stage.wireName(),
        reason,
        code,
        errand.command(),
        received.requestId(),
        received.caller().address(),
        annotations);
  }
}
