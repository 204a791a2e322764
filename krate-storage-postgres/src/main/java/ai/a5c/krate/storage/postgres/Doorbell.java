package ai.a5c.krate.storage.postgres;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Tells other processes which byte streams have grown, many in one notification.
 *
 * <p>On its own thread, because PostgreSQL lets transactions that notify commit one by one only:
 * appends must not wait for that, nor let the change log wait. A notification that gets lost is
 * made up for by who listens.
 */
final class Doorbell {
  static final String CHANNEL = "krate_blob";

  private static final Logger LOGGER = System.getLogger(Doorbell.class.getName());

  /** PostgreSQL takes less than 8,000 bytes. */
  private static final int MOST_BYTES = 7_500;

  /** There is nothing to lose: it is not worth the wait for the disk. */
  private static final String NOTIFY =
      "SELECT set_config('synchronous_commit', 'off', true), pg_notify('" + CHANNEL + "', ?)";

  private final DataSource pool;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition rung = lock.newCondition();
  private final Set<String> streams = new LinkedHashSet<>();
  private final Thread thread;

  /** Of the names, with what separates them. */
  private int bytes;

  /** More than fit: then everybody looks after everything. */
  private boolean many;

  private boolean closed;

  Doorbell(DataSource pool) {
    this.pool = pool;
    this.thread = Thread.ofPlatform().name("krate-blob-bell").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      rung.signalAll();
    } finally {
      lock.unlock();
    }
    Threads.join(thread);
  }

  /** A stream has grown. */
  void ring(String stream) {
    lock.lock();
    try {
      if (!many && streams.add(stream)) {
        bytes += stream.length() + 1;
        many = bytes > MOST_BYTES;
      }
      rung.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    for (Set<String> news = take(); news != null; news = take()) {
      try (Connection connection = pool.getConnection();
          PreparedStatement statement = connection.prepareStatement(NOTIFY)) {
        statement.setString(1, String.join("\n", news));
        boolean unused = statement.execute();
      } catch (SQLException | RuntimeException e) {
        LOGGER.log(Level.DEBUG, "others were not told of appends", e);
      }
    }
  }

  /** Waits for news; empty if it is of too many streams to name, null if there will be none. */
  private @Nullable Set<String> take() {
    lock.lock();
    try {
      while (streams.isEmpty() && !closed) {
        rung.awaitUninterruptibly();
      }
      if (closed) {
        return null;
      }
      Set<String> news = many ? Set.of() : Set.copyOf(streams);
      streams.clear();
      bytes = 0;
      many = false;
      return news;
    } finally {
      lock.unlock();
    }
  }
}
