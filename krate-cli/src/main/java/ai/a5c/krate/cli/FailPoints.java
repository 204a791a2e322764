package ai.a5c.krate.cli;

import ai.a5c.krate.storage.postgres.FailPoint;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process at a named place, for tests of what a crash leaves behind.
 *
 * <p>The system property {@code krate.failpoint} is {@code PLACE@N}: the process halts, as if
 * killed, when the place is reached for the N-th time. The places are {@code store/before-commit},
 * {@code store/after-commit} and {@code git/after-fsync}. Without the property nothing ever
 * happens; it is no setting, so that no variable or flag of a server can bring it about.
 */
final class FailPoints {
  static final String PROPERTY = "krate.failpoint";

  /** As after {@code kill -9}. */
  static final int EXIT = 137;

  private static final Pattern FORM = Pattern.compile("([a-z]+/[a-z-]+)@([1-9][0-9]{0,8})");

  private final String place;
  private final AtomicInteger left;

  private FailPoints(String place, int times) {
    this.place = place;
    this.left = new AtomicInteger(times);
  }

  /**
   * Reads the value of the property.
   *
   * @throws StartFailedException if it is something else than a place and a number
   */
  static FailPoints of(@Nullable String value) {
    if (value == null) {
      return new FailPoints("", 1);
    }
    Matcher form = FORM.matcher(value);
    if (!form.matches()) {
      throw new StartFailedException(
          "The system property " + PROPERTY + " is not like store/before-commit@1: " + value);
    }
    return new FailPoints(form.group(1), Integer.parseInt(form.group(2)));
  }

  FailPoint store() {
    return reached -> reached("store/" + reached.name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  ai.a5c.krate.git.FailPoint git() {
    return reached -> reached("git/" + reached);
  }

  private void reached(String where) {
    if (where.equals(place) && left.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(EXIT);
    }
  }
}
