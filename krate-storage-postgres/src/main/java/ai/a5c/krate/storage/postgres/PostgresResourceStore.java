package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.Optional;

/** One side of a {@link PostgresStorage}. */
class PostgresResourceStore<B extends Boundary> implements ResourceStore<B> {
  private final B side;
  private final Sides sides;
  private final PostgresStorage.Parts parts;
  private final Lists lists;

  PostgresResourceStore(B side, Sides sides, PostgresStorage.Parts parts) {
    this.side = side;
    this.sides = sides;
    this.parts = parts;
    this.lists = new Lists(sides);
  }

  @Override
  public B boundary() {
    return side;
  }

  @Override
  public Revision head() {
    return new Revision(bounds().head());
  }

  @Override
  public Optional<StoredObject> get(Key<B> key) {
    sides.require(side, key.boundary(), key.resource().group());
    TransactionCheck.key(key.namespace(), key.name());
    return parts
        .reads()
        .read(
            key.toString(),
            handle ->
                handle
                    .createQuery(
                        "SELECT revision, content, storage_version, key_id FROM krate.object"
                            + " WHERE api_group = ? AND resource = ? AND namespace = ?"
                            + " AND name = ?")
                    .bind(0, key.resource().group())
                    .bind(1, key.resource().resource())
                    .bind(2, key.namespace())
                    .bind(3, key.name())
                    .map((row, context) -> Rows.object(key, row))
                    .findOne());
  }

  @Override
  public Listing list(ListRequest request) {
    sides.require(side, side, request.resource().group());
    return parts
        .reads()
        .read("list of " + request.resource(), handle -> lists.list(handle, request));
  }

  @Override
  public CommitOutcome commit(Transaction<B> transaction) {
    return parts.committer().commit(side, transaction);
  }

  @Override
  public ChangeFeed changes(Revision after) {
    Bounds bounds = bounds();
    if (after.value() > bounds.head()) {
      throw new IllegalArgumentException("revision " + after + " is still to come");
    }
    if (after.value() < bounds.floor()) {
      throw new CompactedException(new Revision(bounds.floor()));
    }
    return new PostgresFeed(sides, side, parts, after.value());
  }

  @Override
  public long counter(String name) {
    return parts
        .reads()
        .read(
            "a counter",
            handle ->
                handle
                    .createQuery("SELECT value FROM krate.counter WHERE name = ?")
                    .bind(0, name)
                    .mapTo(Long.class)
                    .findOne()
                    .orElse(0L));
  }

  /** The newest revision, and the newest that was discarded. */
  private record Bounds(long head, long floor) {}

  private Bounds bounds() {
    return parts
        .reads()
        .read(
            "the head of the log",
            handle ->
                handle
                    .createQuery("SELECT revision, floor FROM krate.log WHERE id = 1")
                    .map((row, context) -> new Bounds(row.getLong(1), row.getLong(2)))
                    .one());
  }
}
