package ai.a5c.krate.core.push;

import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.spi.git.RefUpdate;
import java.util.List;

/** A rule that sees every ref update of a push while its objects are in quarantine. */
@FunctionalInterface
public interface PushPolicy {
  /** Takes the push on: what the rule knows is read once for all of its updates. */
  Judge of(Push push);

  /** Judges the updates of one push, each by itself. Used by one thread. */
  interface Judge {
    Verdict of(RefUpdate update);

    /** What the verdicts rest on: if it no longer holds when the refs move, they are given anew. */
    List<Step.RequireCount> premises();
  }

  /** What a rule says of an update. */
  sealed interface Verdict {
    /** It has no objection. */
    record Allowed() implements Verdict {}

    /**
     * It would object, but not to this subject.
     *
     * @param what one line for the audit entry
     */
    record Bypassed(String what) implements Verdict {}

    /**
     * It objects.
     *
     * @param why one line for the person who pushed
     */
    record Refused(String why) implements Verdict {}
  }
}
