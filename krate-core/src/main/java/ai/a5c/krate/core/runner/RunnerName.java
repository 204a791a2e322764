package ai.a5c.krate.core.runner;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a runner, which says who has it: a server, known by its data folder, and one run of
 * it.
 *
 * @param server as its lease names it
 * @param run different whenever the server starts
 * @param number of the runner in that run
 */
record RunnerName(String server, String run, long number) {
  private static final Pattern FORM =
      Pattern.compile("runner-([0-9a-f]+)-([0-9a-f]+)-([0-9]{1,18})");

  /** Reads it; empty if it is the name of no runner. */
  static Optional<RunnerName> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new RunnerName(matcher.group(1), matcher.group(2), Long.parseLong(matcher.group(3))))
        : Optional.empty();
  }

  /** What the names of all runners of a server's run begin with, and no other. */
  static String prefix(String server, String run) {
    return "runner-" + server + "-" + run + "-";
  }

  @Override
  public String toString() {
    return prefix(server, run) + number;
  }
}
