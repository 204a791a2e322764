package ai.a5c.krate.storage.postgres;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Listens to a channel of the database on a thread and a connection of its own, and connects again
 * as often as that breaks. Notifications get lost, with their connection at the latest: so it looks
 * by the clock, too.
 */
final class Listener {
  private static final Logger LOGGER = System.getLogger(Listener.class.getName());
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);

  private final DataSource direct;
  private final String channel;
  private final Ear ear;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Connection connection;

  /** What is done about what is heard. */
  interface Ear {
    /**
     * Looks at what there is to see: when the connection is new, when something was notified, and
     * whenever nothing was for half a second.
     *
     * @param connection to look with
     * @param news what was notified, in order; empty if anything may have happened
     * @return whether to go on listening
     */
    boolean hear(Connection connection, List<String> news) throws SQLException;
  }

  Listener(DataSource direct, String channel, Ear ear) {
    this.direct = direct;
    this.channel = channel;
    this.ear = ear;
    this.thread = Thread.ofPlatform().name("listener-" + channel).daemon().unstarted(this::run);
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
        LOGGER.log(Level.DEBUG, "a listener's connection could not be cut", e);
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
          listen.execute("LISTEN " + channel);
        }
        var listener = open.unwrap(PGConnection.class);
        List<String> news = List.of();
        while (!isClosed()) {
          if (!ear.hear(open, news)) {
            return;
          }
          backoff = FIRST_BACKOFF;
          news = news(listener.getNotifications((int) POLL.toMillis()));
        }
      } catch (SQLException | RuntimeException e) {
        if (!isClosed()) {
          Level level = backoff.equals(FIRST_BACKOFF) ? Level.WARNING : Level.DEBUG;
          LOGGER.log(level, "{0} is out of hearing: {1}", channel, e.getMessage());
          backoff = pause(backoff);
        }
      } finally {
        connection = null;
      }
    }
  }

  private static List<String> news(PGNotification @Nullable [] notifications) {
    return notifications == null
        ? List.of()
        : Stream.of(notifications).map(PGNotification::getParameter).toList();
  }

  private Duration pause(Duration backoff) {
    try {
      boolean unused = closed.await(backoff.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      LOGGER.log(Level.DEBUG, "nobody interrupts a listener", e);
    }
    Duration doubled = backoff.multipliedBy(2);
    return doubled.compareTo(LONGEST_BACKOFF) < 0 ? doubled : LONGEST_BACKOFF;
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }
}
