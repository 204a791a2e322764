package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Lists, each one statement, so that objects and revision are of one snapshot.
 *
 * <p>As of an older revision, what was not written since is read where it is stored, and what was
 * is read from the first change after that revision, which holds what was there before it.
 */
final class Lists {
  private static final String COLUMNS =
      "namespace, name, revision, content, storage_version, key_id";
  private static final String BOUNDS = "SELECT l.revision AS head, l.floor, o.* FROM krate.log l";
  private static final String COLLECTION =
      " WHERE api_group = :group AND resource = :resource <namespace> <after>";
  private static final String ORDER = " ORDER BY namespace, name LIMIT :limit";

  private static final String NOW =
      BOUNDS
          + (" LEFT JOIN LATERAL (SELECT " + COLUMNS + " FROM krate.object")
          + (COLLECTION + ORDER + ") o ON true WHERE l.id = 1 ORDER BY o.namespace, o.name");

  private static final String THEN =
      BOUNDS
          + (" LEFT JOIN LATERAL (SELECT * FROM ((SELECT " + COLUMNS + " FROM krate.object")
          + (COLLECTION + " AND revision <= :at" + ORDER + ") UNION ALL")
          + " (SELECT c.namespace, c.name, c.previous_revision, c.previous_content,"
          + " c.previous_storage_version, c.previous_key_id"
          + " FROM (SELECT min(revision) AS revision FROM krate.change"
          + (COLLECTION + " AND revision > :at GROUP BY namespace, name) first")
          + " JOIN krate.change c ON c.revision = first.revision"
          + (" WHERE c.previous_revision IS NOT NULL" + ORDER + ")) both_parts")
          + (ORDER + ") o ON true WHERE l.id = 1 ORDER BY o.namespace, o.name");

  private final Sides sides;

  Lists(Sides sides) {
    this.sides = sides;
  }

  Listing list(Handle handle, ListRequest request) {
    try (Query query = handle.createQuery(request.at() == null ? NOW : THEN)) {
      query
          .define("namespace", request.namespace() == null ? "" : "AND namespace = :namespace")
          .define(
              "after",
              request.after() == null
                  ? ""
                  : "AND (namespace, name) > (:afterNamespace, :afterName)")
          .bind("group", request.resource().group())
          .bind("resource", request.resource().resource())
          .bind("limit", request.limit() + 1L);
      if (request.namespace() != null) {
        query.bind("namespace", request.namespace());
      }
      if (request.after() != null) {
        query.bind("afterNamespace", request.after().namespace());
        query.bind("afterName", request.after().name());
      }
      if (request.at() != null) {
        query.bind("at", request.at().value());
      }
      return query.scanResultSet((rows, context) -> read(rows.get(), request));
    }
  }

  private Listing read(ResultSet rows, ListRequest request) throws SQLException {
    List<StoredObject> objects = new ArrayList<>();
    Revision at = Revision.ZERO;
    boolean more = false;
    while (rows.next()) {
      at = at(request, rows.getLong("head"), rows.getLong("floor"));
      String name = rows.getString("name");
      if (name != null && objects.size() == request.limit()) {
        more = true;
      } else if (name != null) {
        var key = sides.key(request.resource(), rows.getString("namespace"), name);
        objects.add(Rows.object(key, rows));
      }
    }
    return new Listing(objects, at, more);
  }

  private static Revision at(ListRequest request, long head, long floor) {
    Revision asked = request.at();
    if (asked == null) {
      return new Revision(head);
    }
    if (asked.value() > head) {
      throw new IllegalArgumentException("revision " + asked + " is still to come");
    }
    if (asked.value() < floor) {
      throw new CompactedException(new Revision(floor));
    }
    return asked;
  }
}
