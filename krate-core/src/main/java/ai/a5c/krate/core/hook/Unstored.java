package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.Revision;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The drafts of a server: how many there may be, and up to where in the log there are none. May be
 * used from many threads at once.
 */
final class Unstored {
  /** How many drafts there are at most. */
  static final int MOST = 4_096;

  /** How many characters their bodies have at most. */
  static final int MOST_TEXT = 16 * 1024 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition fewer = lock.newCondition();
  private final TreeMap<Long, Integer> byRevision = new TreeMap<>();
  private int count;
  private long text;

  /**
   * Adds a draft if there is room for it, or is in time.
   *
   * @return whether there was
   */
  boolean add(Draft draft, Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long left = patience.toNanos();
      int length = draft.letter().rest().length();
      while (count >= MOST || text + length > MOST_TEXT) {
        if (left <= 0) {
          return false;
        }
        left = fewer.awaitNanos(left);
      }
      count++;
      text += length;
      byRevision.merge(draft.letter().revision().value(), 1, Integer::sum);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The draft is stored, or never will be. */
  void remove(Draft draft) {
    lock.lock();
    try {
      count--;
      text -= draft.letter().rest().length();
      byRevision.computeIfPresent(
          draft.letter().revision().value(), (revision, many) -> many == 1 ? null : many - 1);
      fewer.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * How far everything is stored.
   *
   * @param read up to where the log has been read
   */
  Revision storedUpTo(Revision read) {
    lock.lock();
    try {
      return byRevision.isEmpty()
          ? read
          : new Revision(Math.min(read.value(), byRevision.firstKey() - 1));
    } finally {
      lock.unlock();
    }
  }
}
