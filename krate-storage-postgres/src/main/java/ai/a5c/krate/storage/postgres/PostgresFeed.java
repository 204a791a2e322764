package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.util.List;

/** One reader's place in the log: at the end with all others, or further back by itself. */
final class PostgresFeed implements ChangeFeed {
  private final Sides sides;
  private final Boundary side;
  private final Tail tail;
  private final Reads reads;
  private final History history;
  private long position;
  private volatile boolean closed;

  PostgresFeed(Sides sides, Boundary side, PostgresStorage.Parts parts, long after) {
    this.sides = sides;
    this.side = side;
    this.tail = parts.tail();
    this.reads = parts.reads();
    this.history = parts.history();
    this.position = after;
  }

  @Override
  public Batch next() throws InterruptedException {
    List<Change> all = tail.awaitAfter(position, this);
    if (all.isEmpty()) {
      all = fromHistory();
    }
    position += all.size();
    List<Change> mine = all.stream().filter(change -> sides.of(change).equals(side)).toList();
    return new Batch(mine, new Revision(position));
  }

  private List<Change> fromHistory() throws InterruptedException {
    try {
      return reads.read(
          "changes after " + position,
          handle -> history.after(handle.getConnection(), position).changes());
    } catch (History.GapException e) {
      tail.stop(e.getMessage() == null ? "a gap in the change log" : e.getMessage());
      throw new StoreUnavailableException("the change log is damaged", e);
    } catch (StoreUnavailableException e) {
      if (Thread.interrupted()) {
        var interrupted = new InterruptedException("while reading the change log");
        interrupted.initCause(e);
        throw interrupted;
      }
      throw e;
    }
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    tail.wake();
  }
}
