package ai.a5c.krate.storage.postgres;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Hears which byte streams other processes have appended to, and looks by the clock at those that
 * somebody waits for, in case that a notification got lost.
 */
final class GrowthListener {
  private static final Logger LOGGER = System.getLogger(GrowthListener.class.getName());
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);

  private final DataSource direct;
  private final Growth growth;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Connection connection;

  GrowthListener(DataSource direct, Growth growth) {
    this.direct = direct;
    this.growth = growth;
    this.thread = Thread.ofPlatform().name("krate-blob-listener").daemon().unstarted(this::run);
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
        LOGGER.log(Level.DEBUG, "the listener's connection could not be cut", e);
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
          listen.execute("LISTEN " + Doorbell.CHANNEL);
        }
        backoff = FIRST_BACKOFF;
        follow(open);
      } catch (SQLException | RuntimeException e) {
        if (!isClosed()) {
          Level level = backoff.equals(FIRST_BACKOFF) ? Level.WARNING : Level.DEBUG;
          LOGGER.log(level, "appends of others are out of hearing: {0}", e.getMessage());
          backoff = pause(backoff);
        }
      } finally {
        connection = null;
      }
    }
  }

  private void follow(Connection open) throws SQLException {
    var listener = open.unwrap(PGConnection.class);
    look(open, growth.streams());
    while (!isClosed()) {
      PGNotification[] news = listener.getNotifications((int) POLL.toMillis());
      look(open, news == null || news.length == 0 ? growth.streams() : named(news));
    }
  }

  /** The streams that are waited for and may have grown by these notifications. */
  private Set<String> named(PGNotification[] news) {
    Set<String> named = new LinkedHashSet<>();
    for (PGNotification one : news) {
      if (one.getParameter().isEmpty()) {
        return growth.streams();
      }
      named.addAll(List.of(one.getParameter().split("\n", -1)));
    }
    named.retainAll(growth.streams());
    return named;
  }

  private void look(Connection open, Set<String> streams) throws SQLException {
    if (streams.isEmpty()) {
      return;
    }
    try (PreparedStatement statement =
        open.prepareStatement("SELECT name, length FROM krate.blob WHERE name = ANY (?)")) {
      statement.setArray(1, open.createArrayOf("text", streams.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          growth.grown(rows.getString(1), rows.getLong(2));
        }
      }
    }
  }

  private Duration pause(Duration backoff) {
    try {
      boolean unused = closed.await(backoff.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      LOGGER.log(Level.DEBUG, "nobody interrupts the listener", e);
    }
    Duration doubled = backoff.multipliedBy(2);
    return doubled.compareTo(LONGEST_BACKOFF) < 0 ? doubled : LONGEST_BACKOFF;
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }
}
