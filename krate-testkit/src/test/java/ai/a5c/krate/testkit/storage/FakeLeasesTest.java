package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.spi.lease.Leases;
import java.time.InstantSource;

class FakeLeasesTest extends LeasesContract {
  @Override
  protected Leases open() {
    return new FakeLeases(InstantSource.system());
  }
}
