package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.lease.Leases;
import java.time.Duration;
import java.util.Set;

/** Leases as rows, each until a time by the clock of the database. */
final class PostgresLeases implements Leases {
  private final Reads database;

  PostgresLeases(Reads database) {
    this.database = database;
  }

  /** Twice is as good as once, so a broken connection is no matter. */
  @Override
  public void renew(String holder, Duration time) {
    Leases.require(holder, time);
    int unused =
        database.read(
            "a lease",
            handle ->
                handle.execute(
                    "INSERT INTO krate.lease (holder, ends)"
                        + " VALUES (?, clock_timestamp() + ? * interval '1 millisecond')"
                        + " ON CONFLICT (holder) DO UPDATE SET ends = excluded.ends",
                    holder,
                    time.toMillis() + 1));
  }

  @Override
  public void end(String holder) {
    Leases.requireHolder(holder);
    int unused =
        database.read(
            "the end of a lease",
            handle -> handle.execute("DELETE FROM krate.lease WHERE holder = ?", holder));
  }

  @Override
  public Set<String> living() {
    return database.read(
        "the leases",
        handle -> {
          int unused = handle.execute("DELETE FROM krate.lease WHERE ends <= clock_timestamp()");
          return Set.copyOf(
              handle
                  .createQuery("SELECT holder FROM krate.lease WHERE ends > clock_timestamp()")
                  .mapTo(String.class)
                  .list());
        });
  }
}
