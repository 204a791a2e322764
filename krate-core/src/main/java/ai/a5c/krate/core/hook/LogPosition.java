package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.List;

/**
 * How far the log has been read: a durable counter for each side of the storage boundary, both in
 * the record store, which keeps history from there on.
 */
final class LogPosition {
  static final String RECORDS = "cursor/hooks-records";
  static final String CONFIGURATION = "cursor/hooks-configuration";

  private final RecordStore store;

  LogPosition(RecordStore store) {
    this.store = store;
  }

  /** Every change up to here was read, on both sides. */
  Revision read() {
    return new Revision(Math.min(store.counter(RECORDS), store.counter(CONFIGURATION)));
  }

  /** Notes that every change up to there was read; a position further on is left as it is. */
  void advance(Revision to) {
    long records = to.value() - store.counter(RECORDS);
    long configuration = to.value() - store.counter(CONFIGURATION);
    if (records <= 0 || configuration <= 0) {
      return;
    }
    // The bound refuses what another process has done meanwhile.
    CommitOutcome outcome =
        store.commit(
            new Transaction<>(
                HookRoom.SUBJECT,
                List.of(
                    new Operation.Add<Boundary.Records>(RECORDS, records, to.value()),
                    new Operation.Add<Boundary.Records>(
                        CONFIGURATION, configuration, to.value()))));
    if (outcome instanceof CommitOutcome.Rejected rejected) {
      throw new IllegalStateException("the position was moved by another: " + rejected.why());
    }
  }
}
