package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.git.RefName;
import java.util.Optional;

/**
 * Matches whole branch names, letter by letter: a {@code *} stands for any letters of one part
 * between slashes, a part {@code **} for any number of parts. So {@code release/*} matches {@code
 * release/1} and not {@code release/1/fix}, {@code release/**} matches both, and {@code **} every
 * branch. There is nothing else to it, no regular expression and no ignoring of case.
 */
public final class BranchPattern {
  private static final int LONGEST = 255;

  private final Glob glob;

  private BranchPattern(Glob glob) {
    this.glob = glob;
  }

  /** Reads a pattern; empty if no branch could have such a name. */
  public static Optional<BranchPattern> parse(String text) {
    boolean sound =
        text.length() <= LONGEST && RefName.ofBranch(text.replace('*', 'x')).isPresent();
    return sound ? Glob.parse(text).map(BranchPattern::new) : Optional.empty();
  }

  /** Whether the name as a whole is as the pattern says. */
  public boolean matches(String branch) {
    return glob.matches(branch);
  }

  @Override
  public String toString() {
    return glob.toString();
  }
}
