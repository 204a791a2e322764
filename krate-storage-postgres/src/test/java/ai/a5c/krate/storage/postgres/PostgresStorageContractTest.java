package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.testkit.database.TestDatabases;
import ai.a5c.krate.testkit.storage.ResourceStoreContract;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresStorageContractTest extends ResourceStoreContract {
  @RegisterExtension static final TestDatabases DATABASES = new TestDatabases();

  @Override
  protected Storage openEmpty(Set<String> recordGroups, InstantSource clock) throws Exception {
    return Databases.open(DATABASES.fresh(), StorageSettings.of(recordGroups), clock);
  }

  @Override
  protected void compact(Storage storage, Revision upTo) {
    ((PostgresStorage) storage).compact(upTo);
  }
}
