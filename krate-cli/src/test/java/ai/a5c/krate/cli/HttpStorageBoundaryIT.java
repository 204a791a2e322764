package ai.a5c.krate.cli;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.testkit.api.StorageBoundaryProperty;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The storage boundary, as a server shows it by HTTP. */
class HttpStorageBoundaryIT extends StorageBoundaryProperty {
  @TempDir static Path temporary;

  private static ServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected ApiEndpoint endpoint() {
    return server.api().endpoint();
  }

  @Override
  protected Optional<Storage> storage() {
    return Optional.empty();
  }
}
