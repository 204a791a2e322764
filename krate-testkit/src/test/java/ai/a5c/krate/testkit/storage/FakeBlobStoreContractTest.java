package ai.a5c.krate.testkit.storage;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

class FakeBlobStoreContractTest extends BlobStoreContract {
  @Override
  protected List<FakeStorage> openEmpty(int servers) {
    List<FakeStorage> opened = new ArrayList<>();
    opened.add(new FakeStorage(Set.of(), InstantSource.system()));
    while (opened.size() < servers) {
      opened.add(opened.getFirst().reopen());
    }
    return opened;
  }
}
