package ai.a5c.krate.spi.git;

/** Decides a push while its objects are in quarantine, and commits what it accepts. */
@FunctionalInterface
public interface PushGate {
  /** Called once a push that has at least one update left, on the thread that received it. */
  PushOutcome admit(Quarantine pushed);
}
