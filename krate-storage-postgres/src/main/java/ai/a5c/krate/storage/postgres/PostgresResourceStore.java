package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.GroupResource;
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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

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
  public List<StoredObject> getAll(Collection<Key<B>> keys) {
    Map<Place, Map<String, Key<B>>> places = new HashMap<>();
    for (Key<B> key : keys) {
      sides.require(side, key.boundary(), key.resource().group());
      TransactionCheck.key(key.namespace(), key.name());
      places
          .computeIfAbsent(new Place(key.resource(), key.namespace()), any -> new HashMap<>())
          .put(key.name(), key);
    }
    List<StoredObject> found = new ArrayList<>();
    places.forEach(
        (place, named) ->
            found.addAll(parts.reads().read(place.toString(), handle -> at(handle, place, named))));
    return found;
  }

  /** Where several documents may be. */
  private record Place(GroupResource resource, String namespace) {}

  private List<StoredObject> at(Handle handle, Place place, Map<String, Key<B>> named)
      throws SQLException {
    List<StoredObject> found = new ArrayList<>();
    Connection connection = handle.getConnection();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT name, revision, content, storage_version, key_id FROM krate.object"
                + " WHERE api_group = ? AND resource = ? AND namespace = ? AND name = ANY (?)")) {
      query.setString(1, place.resource().group());
      query.setString(2, place.resource().resource());
      query.setString(3, place.namespace());
      query.setArray(4, connection.createArrayOf("text", named.keySet().toArray()));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          Key<B> key = Objects.requireNonNull(named.get(rows.getString("name")));
          found.add(Rows.object(key, rows));
        }
      }
    }
    return found;
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
