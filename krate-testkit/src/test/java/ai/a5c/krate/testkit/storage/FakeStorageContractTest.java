package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Storage;
import java.time.InstantSource;
import java.util.Set;

class FakeStorageContractTest extends ResourceStoreContract {
  @Override
  protected Storage openEmpty(Set<String> recordGroups, InstantSource clock) {
    return new FakeStorage(recordGroups, clock);
  }

  @Override
  protected void compact(Storage storage, Revision upTo) {
    ((FakeStorage) storage).compact(upTo);
  }
}
