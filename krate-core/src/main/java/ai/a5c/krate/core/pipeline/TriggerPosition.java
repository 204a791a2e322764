package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.core.forge.JobOwners;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.List;

/**
 * How far the log of records was read for what starts pipelines: a durable counter, from which on
 * the store keeps history.
 */
final class TriggerPosition {
  static final String COUNTER = "cursor/pipelines";

  private final RecordStore store;

  TriggerPosition(RecordStore store) {
    this.store = store;
  }

  Revision read() {
    return new Revision(store.counter(COUNTER));
  }

  /** Notes that every change up to there was read; a position further on is left as it is. */
  void advance(Revision to) {
    long further = to.value() - store.counter(COUNTER);
    if (further <= 0) {
      return;
    }
    // The bound refuses what another process has done meanwhile.
    CommitOutcome outcome =
        store.commit(
            new Transaction<>(
                JobOwners.PIPELINES,
                List.of(new Operation.Add<Boundary.Records>(COUNTER, further, to.value()))));
    if (outcome instanceof CommitOutcome.Rejected rejected) {
      throw new IllegalStateException("the position was moved by another: " + rejected.why());
    }
  }
}
