package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.spi.lease.Leases;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Leases in memory that keep {@link LeasesContract}, by a clock that a test may move. */
public final class FakeLeases implements Leases {
  private final InstantSource clock;
  private final Map<String, Instant> ends = new ConcurrentHashMap<>();

  public FakeLeases(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public void renew(String holder, Duration time) {
    Leases.require(holder, time);
    ends.put(holder, clock.instant().plus(time));
  }

  @Override
  public void end(String holder) {
    Leases.requireHolder(holder);
    ends.remove(holder);
  }

  @Override
  public Set<String> living() {
    Instant now = clock.instant();
    ends.values().removeIf(end -> !end.isAfter(now));
    return Set.copyOf(ends.keySet());
  }
}
