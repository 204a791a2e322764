package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.testkit.database.TestDatabases;
import ai.a5c.krate.testkit.storage.BlobStoreContract;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresBlobStoreContractTest extends BlobStoreContract {
  @RegisterExtension static final TestDatabases DATABASES = new TestDatabases();

  @Override
  protected List<PostgresStorage> openEmpty(int servers) throws Exception {
    TestDatabases.TestDatabase database = DATABASES.fresh();
    List<PostgresStorage> opened = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      opened.add(
          Databases.open(database, StorageSettings.of(Widgets.RECORDS), InstantSource.system()));
    }
    return opened;
  }
}
