package ai.a5c.krate.benchmarks;

import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.spi.database.DatabaseProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** The embedded PostgreSQL alone: what one durable row with its event costs at least. */
final class PeerDatabase implements AutoCloseable {
  private static final String INSERT =
      """
      WITH stored AS (INSERT INTO record (name, content) VALUES (?, ?) RETURNING name, content)
      INSERT INTO event (name, content) SELECT name, content FROM stored""";
  private static final String NOTIFY = "SELECT pg_notify('event', ?)";
  private static final int BYTES = 1024;
  private static final int POLL_MILLIS = 100;

  private final Database database;

  private PeerDatabase(Database database) {
    this.database = database;
  }

  static PeerDatabase start(Path folder) {
    var peer = new PeerDatabase(database(folder));
    try (Connection connection = peer.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE record (name text PRIMARY KEY, content bytea NOT NULL)");
      statement.execute(
          "CREATE TABLE event (revision bigserial PRIMARY KEY, name text NOT NULL,"
              + " content bytea NOT NULL)");
      return peer;
    } catch (SQLException e) {
      peer.close();
      throw new BenchmarkFailedException("the peer database: " + e.getMessage(), e);
    }
  }

  /** Starts an embedded PostgreSQL as the server does. */
  static Database database(Path folder) {
    return ServiceLoader.load(DatabaseProvider.class)
        .findFirst()
        .orElseThrow(() -> new BenchmarkFailedException("there is no embedded PostgreSQL"))
        .start(folder);
  }

  private Connection connect() throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", database.user());
    properties.setProperty("password", database.password().revealText());
    return DriverManager.getConnection(database.jdbcUrl(), properties);
  }

  private List<Connection> connect(int count) throws SQLException {
    var connections = new ArrayList<Connection>();
    try {
      for (int i = 0; i < count; i++) {
        connections.add(connect());
      }
      return connections;
    } catch (SQLException e) {
      close(connections);
      throw e;
    }
  }

  private static void close(List<Connection> connections) throws SQLException {
    for (Connection connection : connections) {
      connection.close();
    }
  }

  /** Durable rows, each with an event in the same statement and transaction. */
  Sample inserts(int clients, Duration warmUp, Duration measure) throws InterruptedException {
    byte[] content = "x".repeat(BYTES).getBytes(StandardCharsets.US_ASCII);
    try {
      List<Connection> connections = connect(clients);
      try {
        return Load.closed(
            clients,
            warmUp,
            measure,
            (client, number) ->
                insert(connections.get(client), System.nanoTime() + "-" + client, content));
      } finally {
        close(connections);
      }
    } catch (SQLException e) {
      throw new BenchmarkFailedException("the peer database: " + e.getMessage(), e);
    }
  }

  private static void insert(Connection connection, String name, byte[] content)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      statement.setString(1, name);
      statement.setBytes(2, content);
      if (statement.executeUpdate() != 1) {
        throw new BenchmarkFailedException("the peer database did not insert a row");
      }
    }
  }

  /**
   * How long after a commit a listener has its notification, in words.
   *
   * @param perSecond how many commits a second
   */
  String notifications(int perSecond, Duration warmUp, Duration measure)
      throws InterruptedException {
    int clients = 4;
    byte[] content = "x".repeat(BYTES).getBytes(StandardCharsets.US_ASCII);
    var times = new EventTimes(EventTimes.capacity(perSecond, warmUp.plus(measure)), 1);
    var done = new AtomicBoolean();
    try {
      List<Connection> connections = connect(clients + 1);
      try {
        Connection listener = connections.get(clients);
        try (Statement statement = listener.createStatement()) {
          statement.execute("LISTEN event");
        }
        var listening = new FutureTask<Void>(() -> listen(listener, times, done));
        Thread.ofVirtual().start(listening);
        Load.paced(
            clients,
            perSecond,
            warmUp,
            measure,
            (client, number) -> {
              int event = times.next();
              notify(connections.get(client), event, content);
              times.answered(event);
            });
        return times.text(warmUp);
      } finally {
        done.set(true);
        close(connections);
      }
    } catch (SQLException e) {
      throw new BenchmarkFailedException("the peer database: " + e.getMessage(), e);
    }
  }

  private static void notify(Connection connection, int event, byte[] content) throws SQLException {
    connection.setAutoCommit(false);
    insert(connection, "n" + System.nanoTime() + "-" + event, content);
    try (PreparedStatement statement = connection.prepareStatement(NOTIFY)) {
      statement.setString(1, Integer.toString(event));
      statement.execute();
    }
    connection.commit();
  }

  private static Void listen(Connection listener, EventTimes times, AtomicBoolean done)
      throws SQLException {
    PGConnection connection = listener.unwrap(PGConnection.class);
    while (!done.get()) {
      for (PGNotification one : connection.getNotifications(POLL_MILLIS)) {
        times.seen(0, Integer.parseInt(one.getParameter()));
      }
    }
    return null;
  }

  @Override
  public void close() {
    database.close();
  }
}
