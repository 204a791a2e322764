package ai.a5c.krate.spi.lease;

import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.time.Duration;
import java.util.Set;

/**
 * Leases by the name of their holder: each lives for a while after it was renewed, by the one clock
 * of the store, whatever the clocks of the holders say.
 *
 * <p>Names have 1 to 255 characters out of lower case letters, digits and {@code -}; others are
 * refused with {@link IllegalArgumentException}. All methods block, may be called from many threads
 * at once, and throw {@link StoreUnavailableException} if the store cannot be reached.
 */
public interface Leases {
  /**
   * Takes a lease, or lets it live longer. It lives for at least the time from the beginning of the
   * call on, and what was answered is seen by every later call of everybody.
   *
   * @param time more than zero, at most a day
   */
  void renew(String holder, Duration time);

  /** Ends a lease now; does nothing if it is not alive. */
  void end(String holder);

  /** Whose leases live now. Forgets those that ended. */
  Set<String> living();

  /**
   * Checks what {@link #renew} is given, alike for all who implement it.
   *
   * @throws IllegalArgumentException if it is out of its range
   */
  static void require(String holder, Duration time) {
    requireHolder(holder);
    if (time.isZero() || time.isNegative() || time.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("a lease is for a time up to a day, and not " + time);
    }
  }

  /**
   * Checks the name of a holder.
   *
   * @throws IllegalArgumentException if it is none
   */
  static void requireHolder(String holder) {
    if (!holder.matches("[a-z0-9-]{1,255}")) {
      throw new IllegalArgumentException("no name of a holder: " + holder);
    }
  }
}
