package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.git.GitSettings;
import ai.a5c.krate.git.JGitBackend;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.storage.postgres.DatabaseAddress;
import ai.a5c.krate.storage.postgres.PostgresStorage;
import ai.a5c.krate.storage.postgres.StorageSettings;
import ai.a5c.krate.testkit.api.StorageBoundaryProperty;
import ai.a5c.krate.testkit.database.TestDatabases;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The storage boundary in a forge of this process, whose stores are read beside it. */
class EmbeddedStorageBoundaryIT extends StorageBoundaryProperty {
  private static final Set<String> RECORD_GROUPS = Set.copyOf(Krate.recordGroups());

  @RegisterExtension static final TestDatabases DATABASES = new TestDatabases();

  @TempDir Path temporary;

  private WitnessedStorage storage;
  private JGitBackend git;
  private Krate krate;

  @BeforeEach
  void open() throws Exception {
    TestDatabases.TestDatabase database = DATABASES.fresh();
    storage =
        new WitnessedStorage(
            PostgresStorage.open(
                new DatabaseAddress(database.jdbcUrl(), database.user(), database.password(), 8),
                StorageSettings.of(RECORD_GROUPS),
                InstantSource.system()));
    git =
        new JGitBackend(
            temporary.resolve("repositories"), storage.records(), GitSettings.defaults());
    var keys = LocalKeyService.open(temporary.resolve("keys"), new SecureRandom());
    krate = Krate.builder(storage, git, keys).build();
  }

  @AfterEach
  void close() {
    krate.close();
    git.close();
    storage.close();
    assertThat(storage.writtenAsRecords())
        .isNotEmpty()
        .allSatisfy(written -> assertThat(RECORD_GROUPS).contains(written.group()));
    assertThat(storage.writtenAsConfiguration())
        .isNotEmpty()
        .allSatisfy(written -> assertThat(RECORD_GROUPS).doesNotContain(written.group()));
  }

  @Override
  protected ApiEndpoint endpoint() {
    return krate.endpoint(Subject.of("ada", Subject.MASTERS));
  }

  @Override
  protected Optional<Storage> storage() {
    return Optional.of(storage);
  }
}
