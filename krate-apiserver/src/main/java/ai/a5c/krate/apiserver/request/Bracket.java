package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.problem.Status;
import ai.a5c.krate.apiserver.audit.AuditRecord;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Impersonation;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The audit of one request, open from before it is authenticated until its commit or its refusal.
 * Used by one thread.
 */
final class Bracket {
  private static final int REASON_LIMIT = 1_024;
  private static final int ANNOTATION_LIMIT = 10 * 1_024;
  private static final int ANNOTATIONS_LIMIT = 64 * 1_024;
  private static final int MOST_ANNOTATIONS = 64;
  private static final String KUBECTL = "kubectl ";

  private final AuditTrail trail;
  private final RefusalLimit limit;
  private final Received received;
  private final boolean secret;
  private final Map<String, String> annotations = new TreeMap<>();
  private Subject subject = Subject.ANONYMOUS;
  private String impersonatedBy = "";
  private String flags = "";
  private Stage stage = Stage.AUTHENTICATE;
  private int index = Together.NONE;
  private String name;
  private Command command;

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
    this.command = received.errand().command();
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

  /** The subject that was found acts as another one. */
  void acting(Subject as, Impersonation wish) {
    impersonatedBy = subject.name();
    flags = wish.flags();
    subject = as;
  }

  void at(Stage reached) {
    stage = reached;
    index = Together.NONE;
  }

  /** Takes one object after the other through a stage, and remembers which one is not let pass. */
  <T, R> List<R> each(Stage reached, List<T> objects, Function<T, R> step) {
    at(reached);
    List<R> passed = new ArrayList<>(objects.size());
    for (T object : objects) {
      index = passed.size();
      passed.add(step.apply(object));
    }
    index = Together.NONE;
    return passed;
  }

  /** Says with which object the request is busy. */
  void with(int object) {
    index = object;
  }

  /** The object with which the request is busy, or {@link Together#NONE}. */
  int index() {
    return index;
  }

  /** What is done, said more exactly than when the request came. */
  void doing(Command exactly) {
    command = exactly;
  }

  /** The object whose name stood in the body rather than in the path. */
  void about(Proposal proposal) {
    if (name.isEmpty() && !received.errand().isToMany()) {
      name = proposal.name();
    }
  }

  /**
   * Notes something for the audit entry; what does not fit is left out. What is noted of several
   * objects under one key stands there in lines.
   */
  void annotate(String key, String value) {
    String before = received.errand().isToMany() ? annotations.getOrDefault(key, "") : "";
    if (!before.isEmpty() && List.of(before.split("\n")).contains(value)) {
      return;
    }
    String whole = before.isEmpty() ? value : before + "\n" + value;
    String kept = whole.length() > ANNOTATION_LIMIT ? whole.substring(0, ANNOTATION_LIMIT) : whole;
    int others =
        annotations.entrySet().stream()
            .filter(note -> !note.getKey().equals(key))
            .mapToInt(note -> note.getKey().length() + note.getValue().length())
            .sum();
    if ((annotations.size() < MOST_ANNOTATIONS || annotations.containsKey(key))
        && others + key.length() + kept.length() <= ANNOTATIONS_LIMIT) {
      annotations.put(key, kept);
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
   * Writes that a question was answered, in a commit of its own.
   *
   * @throws StoreUnavailableException if it cannot be written: then the answer must not be given
   */
  void answered(int code) {
    write(record(AuditRecord.Decision.ALLOWED, "", code, name));
  }

  /**
   * Writes the refusal, unless nothing may be kept of the request.
   *
   * @throws StoreUnavailableException if it cannot be written: then the refusal is not answered
   *     either, so that every one that is has its entry
   */
  void refused(Problem problem) {
    if (received.errand().dryRun() || (isStranger() && !limit.take())) {
      return;
    }
    Status status = Status.of(problem);
    AuditRecord.Decision decision =
        status.code() >= 500 ? AuditRecord.Decision.FAILED : AuditRecord.Decision.DENIED;
    String reason = secret ? status.reason() : status.reason() + ": " + status.message();
    String bounded = reason.length() > REASON_LIMIT ? reason.substring(0, REASON_LIMIT) : reason;
    write(record(decision, bounded, status.code(), name));
  }

  private void write(AuditRecord record) {
    try {
      trail.alone(record);
    } catch (OutcomeUnknownException e) {
      throw new StoreUnavailableException("the store was lost while an entry was written", e);
    }
  }

  /** Whether nobody has said who he is. */
  private boolean isStranger() {
    return subject.equals(Subject.ANONYMOUS) && impersonatedBy.isEmpty();
  }

  /** Whether a stranger was known to be one when he was not let in, so that asking him may help. */
  boolean isChallenge() {
    return stage == Stage.AUTHORIZE && isStranger();
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
        impersonatedBy,
        errand.verb(),
        errand.resource(),
        errand.subresource(),
        errand.namespace(),
        of,
        decision,
        stage.wireName(),
        reason,
        code,
        told(command.text(of)),
        received.requestId(),
        received.caller().address(),
        annotations);
  }

  /** A command that was sent as somebody else does the same only as him. */
  private String told(String command) {
    return !flags.isEmpty() && command.startsWith(KUBECTL)
        ? KUBECTL + flags + " " + command.substring(KUBECTL.length())
        : command;
  }
}
