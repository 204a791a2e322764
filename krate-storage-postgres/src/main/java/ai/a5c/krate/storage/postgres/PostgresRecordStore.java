package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.RefListing;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The records' side, with the refs. */
final class PostgresRecordStore extends PostgresResourceStore<Boundary.Records>
    implements RecordStore {
  private static final String REFS =
      "SELECT l.revision, r.name, r.target FROM krate.log l LEFT JOIN LATERAL ("
          + "SELECT name, target FROM krate.ref WHERE repository = :repository"
          + " AND name > :after AND name >= :prefix AND starts_with(name, :prefix)"
          + " <below> ORDER BY name LIMIT :limit) r ON true WHERE l.id = 1 ORDER BY r.name";

  private final Reads reads;

  PostgresRecordStore(Sides sides, PostgresStorage.Parts parts) {
    super(Boundary.Records.RECORDS, sides, parts);
    this.reads = parts.reads();
  }

  @Override
  public Optional<ObjectId> ref(Uid repository, RefName name) {
    return reads.read(
        name.value(),
        handle ->
            handle
                .createQuery("SELECT target FROM krate.ref WHERE repository = ? AND name = ?")
                .bind(0, repository.value())
                .bind(1, name.value())
                .mapTo(String.class)
                .findOne()
                .map(ObjectId::of));
  }

  @Override
  public RefListing refs(Uid repository, String prefix, @Nullable RefName after, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a list has room for at least one ref: " + limit);
    }
    return reads.read(
        "refs of " + repository,
        handle -> {
          try (var query = handle.createQuery(REFS)) {
            // A bound above lets the index end the scan; it exists if the last byte can grow.
            String below = above(prefix);
            query
                .define("below", below.isEmpty() ? "" : "AND name < :below")
                .bind("repository", repository.value())
                .bind("after", after == null ? "" : after.value())
                .bind("prefix", prefix)
                .bind("limit", limit);
            if (!below.isEmpty()) {
              query.bind("below", below);
            }
            return query.scanResultSet((rows, context) -> read(rows.get()));
          }
        });
  }

  private static String above(String prefix) {
    char last = prefix.isEmpty() ? '~' : prefix.charAt(prefix.length() - 1);
    return last < '~' ? prefix.substring(0, prefix.length() - 1) + (char) (last + 1) : "";
  }

  private static RefListing read(ResultSet rows) throws SQLException {
    var refs = new TreeMap<RefName, ObjectId>();
    Revision at = Revision.ZERO;
    while (rows.next()) {
      at = new Revision(rows.getLong(1));
      String name = rows.getString(2);
      if (name != null) {
        refs.put(new RefName(name), ObjectId.of(rows.getString(3)));
      }
    }
    return new RefListing(refs, at);
  }
}
