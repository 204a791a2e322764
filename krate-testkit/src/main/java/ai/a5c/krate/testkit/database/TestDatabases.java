package ai.a5c.krate.testkit.database;

import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.spi.database.DatabaseProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that gives each test databases of its own: on the server that the environment
 * variable {@code KRATE_TEST_JDBC_URL} names (with user and password in the URL), else on one that
 * the {@link DatabaseProvider} of the class path starts once for the whole run.
 *
 * <p>Used as a static field with {@code @RegisterExtension}. The databases of a test are dropped
 * after it, whoever is still connected.
 */
public final class TestDatabases implements BeforeAllCallback, AfterEachCallback {
  private static final String VARIABLE = "KRATE_TEST_JDBC_URL";
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final List<String> created = new ArrayList<>();
  private @Nullable Server server;

  /**
   * An empty database.
   *
   * @param jdbcUrl complete but for user and password
   */
  public record TestDatabase(String jdbcUrl, String user, Secret password) {}

  @Override
  public void beforeAll(ExtensionContext context) {
    server =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(TestDatabases.class))
            .getOrComputeIfAbsent(Server.class, any -> Server.start(), Server.class);
  }

  @Override
  public void afterEach(ExtensionContext context) throws SQLException {
    for (String name : created) {
      server().execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }
    created.clear();
  }

  /** Creates a database that lives as long as the test. */
  public TestDatabase fresh() throws SQLException {
    String name = "krate_test_" + ProcessHandle.current().pid() + "_" + NUMBERS.incrementAndGet();
    server().execute("CREATE DATABASE " + name);
    created.add(name);
    return server().database(name);
  }

  private Server server() {
    Server running = server;
    if (running == null) {
      throw new IllegalStateException("register the extension in a static field");
    }
    return running;
  }

  private static final class Server implements AutoCloseable {
    private final String jdbcUrl;
    private final @Nullable Database started;
    private final @Nullable Path folder;

    private Server(String jdbcUrl, @Nullable Database started, @Nullable Path folder) {
      this.jdbcUrl = jdbcUrl;
      this.started = started;
      this.folder = folder;
    }

    static Server start() {
      String given = System.getenv(VARIABLE);
      if (given != null && !given.isBlank()) {
        return new Server(given, null, null);
      }
      DatabaseProvider provider =
          ServiceLoader.load(DatabaseProvider.class)
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "set " + VARIABLE + ", or put a DatabaseProvider on the class path"));
      try {
        Path folder = Files.createTempDirectory("krate-test-postgres");
        Database database = provider.start(folder);
        return new Server(database.jdbcUrl(), database, folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void execute(String sql) throws SQLException {
      try (Connection connection = connect();
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    TestDatabase database(String name) throws SQLException {
      String url = jdbcUrl.replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1");
      if (started != null) {
        return new TestDatabase(url, started.user(), started.password());
      }
      var user = url.replaceAll(".*[?&]user=([^&]*).*", "$1");
      var password = url.replaceAll(".*[?&]password=([^&]*).*", "$1");
      return new TestDatabase(url, user, Secret.of(password));
    }

    private Connection connect() throws SQLException {
      return started == null
          ? DriverManager.getConnection(jdbcUrl)
          : DriverManager.getConnection(jdbcUrl, started.user(), started.password().revealText());
    }

    @Override
    public void close() throws IOException {
      if (started != null && folder != null) {
        started.close();
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    }
  }
}
