package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.lease.Leases;
import ai.a5c.krate.testkit.database.TestDatabases;
import ai.a5c.krate.testkit.storage.LeasesContract;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresLeasesContractTest extends LeasesContract {
  @RegisterExtension static final TestDatabases DATABASES = new TestDatabases();

  private @Nullable PostgresStorage storage;

  @Override
  protected Leases open() throws Exception {
    PostgresStorage opened =
        Databases.open(
            DATABASES.fresh(), StorageSettings.of(Widgets.RECORDS), InstantSource.system());
    storage = opened;
    return opened.leases();
  }

  @AfterEach
  void close() {
    if (storage != null) {
      storage.close();
    }
  }
}
