package ai.a5c.krate.apiserver.admission;

import ai.a5c.krate.api.problem.Problem;

/**
 * Why something may not be written.
 *
 * @param reason how it is classified
 * @param message a line for the caller
 */
public record Objection(Problem.Denied.Reason reason, String message) {
  /** An objection to who does it. */
  public static Objection forbidden(String message) {
    return new Objection(Problem.Denied.Reason.FORBIDDEN, message);
  }

  /** An objection to what is written. */
  public static Objection invalid(String message) {
    return new Objection(Problem.Denied.Reason.INVALID, message);
  }
}
