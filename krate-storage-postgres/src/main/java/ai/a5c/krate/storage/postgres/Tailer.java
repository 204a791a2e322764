package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.storage.CompactedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Follows the log for all feeds of a process: woken by a notification, or by the clock if one got
 * lost. It reads what other replicas committed; what this one commits is there already.
 */
final class Tailer {
  static final String CHANNEL = "krate_log";

  private static final Logger LOGGER = System.getLogger(Tailer.class.getName());
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);

  private final DataSource direct;
  private final History history;
  private final Tail tail;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Connection connection;

  Tailer(DataSource direct, History history, Tail tail) {
    this.direct = direct;
    this.history = history;
    this.tail = tail;
    this.thread = Thread.ofPlatform().name("krate-tailer").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void close() {
    closed.countDown();
    Connection open = connection;
    if (open != null) {
      try {
        open.abort(Runnable::run);
      } catch (SQLException e) {
        LOGGER.log(Level.DEBUG, "the tailer's connection could not be cut", e);
      }
    }
    Threads.join(thread);
  }

  private void run() {
    Duration backoff = FIRST_BACKOFF;
    while (!isClosed()) {
      try (Connection open = direct.getConnection()) {
        connection = open;
        open.setAutoCommit(true);
        open.setNetworkTimeout(Runnable::run, (int) ANSWER.toMillis());
        try (Statement listen = open.createStatement()) {
          listen.execute("LISTEN " + CHANNEL);
        }
        catchUp(open);
        backoff = FIRST_BACKOFF;
        follow(open);
      } catch (SQLException e) {
        if (!isClosed()) {
          Level level = backoff.equals(FIRST_BACKOFF) ? Level.WARNING : Level.DEBUG;
          LOGGER.log(level, "the change log is out of reach: {0}", e.getMessage());
          backoff = pause(backoff);
        }
      } catch (RuntimeException e) {
        LOGGER.log(Level.ERROR, "the change log cannot be followed", e);
        tail.stop("the change log cannot be followed: " + e.getMessage());
        return;
      } finally {
        connection = null;
      }
    }
  }

  private void follow(Connection open) throws SQLException {
    var listener = open.unwrap(PGConnection.class);
    while (!isClosed()) {
      var notifications = listener.getNotifications((int) POLL.toMillis());
      boolean news = notifications == null || notifications.length == 0;
      if (!news) {
        String newest = notifications[notifications.length - 1].getParameter();
        news = Long.parseLong(newest) > tail.last();
      }
      if (news) {
        catchUp(open);
      }
    }
  }

  private void catchUp(Connection open) throws SQLException {
    while (!isClosed()) {
      long position = tail.last();
      try {
        History.Part part = history.after(open, position);
        if (part.head() < position && tail.last() == position) {
          throw new IllegalStateException(
              "the change log ended at " + position + " and now ends at " + part.head());
        }
        tail.publish(part.changes());
        if (tail.last() >= part.head()) {
          return;
        }
      } catch (CompactedException e) {
        LOGGER.log(Level.WARNING, "history was discarded before it was read: {0}", e.getMessage());
        tail.skipTo(e.floor().value());
      }
    }
  }

  private Duration pause(Duration backoff) {
    try {
      boolean unused = closed.await(backoff.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      LOGGER.log(Level.DEBUG, "nobody interrupts the tailer", e);
    }
    Duration doubled = backoff.multipliedBy(2);
    return doubled.compareTo(LONGEST_BACKOFF) < 0 ? doubled : LONGEST_BACKOFF;
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }
}
