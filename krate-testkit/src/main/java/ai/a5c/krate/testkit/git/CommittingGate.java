package ai.a5c.krate.testkit.git;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.spi.git.PushGate;
import ai.a5c.krate.spi.git.PushOutcome;
import ai.a5c.krate.spi.git.Quarantine;
import ai.a5c.krate.spi.git.RefUpdate;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A gate with a list of refs that it objects to; it commits the others in one transaction. May be
 * used by many pushes at once, while the list stays as it is.
 */
public final class CommittingGate implements PushGate {
  private final RecordStore records;
  private final Map<String, String> objections = new HashMap<>();
  private final List<RefUpdate> seen = new CopyOnWriteArrayList<>();
  private final List<String> options = new CopyOnWriteArrayList<>();

  /** A gate without objections. */
  public CommittingGate(RecordStore records) {
    this.records = records;
  }

  /** Refuses every update of a ref from now on. */
  public void object(String ref, String why) {
    objections.put(ref, why);
  }

  /** Every update that was asked for, in order. */
  public List<RefUpdate> seen() {
    return List.copyOf(seen);
  }

  /** Every push option, in order. */
  public List<String> options() {
    return List.copyOf(options);
  }

  /** Has no objections any more. */
  public void relent() {
    objections.clear();
  }

  @Override
  public PushOutcome admit(Quarantine pushed) {
    seen.addAll(pushed.updates());
    options.addAll(pushed.options());
    Map<RefName, String> refused = new HashMap<>();
    List<RefUpdate> left = new ArrayList<>();
    for (RefUpdate update : pushed.updates()) {
      String why = objections.get(update.ref().value());
      if (why == null) {
        left.add(update);
      } else {
        refused.put(update.ref(), why);
      }
    }
    while (!left.isEmpty() && !(pushed.atomic() && !refused.isEmpty())) {
      List<Operation.MoveRef> moves = pushed.prepare(left);
      switch (records.commit(new Transaction<>("test", List.copyOf(moves)))) {
        case CommitOutcome.Committed committed -> left.clear();
        case CommitOutcome.Rejected(int index, var why) ->
            refused.put(left.remove(index).ref(), "fetch first: the ref has moved");
      }
    }
    left.forEach(update -> refused.put(update.ref(), "atomic push: another ref was refused"));
    return new PushOutcome(refused);
  }
}
