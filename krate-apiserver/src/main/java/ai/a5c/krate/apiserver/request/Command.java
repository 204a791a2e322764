package ai.a5c.krate.apiserver.request;

/**
 * The command that does a request again, for the audit trail: made only when an entry is written,
 * with secret values left out.
 */
@FunctionalInterface
public interface Command {
  /** Nobody sent a body that a command could be made of: what was changed says it. */
  Command OF_CHANGE = name -> "";

  /**
   * The text for a shell.
   *
   * @param name that the object has, or has got: a command that would draw another one names it;
   *     empty if nobody knows it before the commit
   */
  String text(String name);

  /** A command that is known already. */
  static Command of(String text) {
    return name -> text;
  }
}
