package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.StoredObject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How changes and objects stand in rows. */
final class Rows {
  static final int CREATED = 1;
  static final int UPDATED = 2;
  static final int DELETED = 3;
  static final int MOVED = 4;

  /** The columns of a change, in the order in which {@link #change} wants them by name. */
  static final String CHANGE_COLUMNS =
      "revision, time, actor, type, api_group, resource, namespace, name, content,"
          + " storage_version, key_id, previous_revision, previous_content,"
          + " previous_storage_version, previous_key_id, repository, ref_old, ref_target";

  private Rows() {}

  static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  static int type(Change change) {
    return switch (change) {
      case Change.RefMoved ignored -> MOVED;
      case Change.ObjectChanged changed ->
          switch (changed.type()) {
            case CREATED -> CREATED;
            case UPDATED -> UPDATED;
            case DELETED -> DELETED;
          };
    };
  }

  static Change change(Sides sides, ResultSet row) throws SQLException {
    var revision = new Revision(row.getLong("revision"));
    Instant time = Instant.EPOCH.plus(row.getLong("time"), ChronoUnit.MICROS);
    String actor = row.getString("actor");
    int type = row.getInt("type");
    if (type == MOVED) {
      return new Change.RefMoved(
          revision,
          time,
          actor,
          new Uid(row.getObject("repository", UUID.class)),
          new RefName(row.getString("name")),
          objectId(row.getString("ref_old")),
          objectId(row.getString("ref_target")));
    }
    var resource = new GroupResource(row.getString("api_group"), row.getString("resource"));
    Key<?> key = sides.key(resource, row.getString("namespace"), row.getString("name"));
    StoredObject object =
        new StoredObject(
            key,
            revision,
            Bytes.owning(row.getBytes("content")),
            row.getString("storage_version"),
            row.getString("key_id"));
    return new Change.ObjectChanged(
        revision, time, actor, type(type), object, type == CREATED ? null : previous(key, row));
  }

  static StoredObject object(Key<?> key, ResultSet row) throws SQLException {
    return new StoredObject(
        key,
        new Revision(row.getLong("revision")),
        Bytes.owning(row.getBytes("content")),
        row.getString("storage_version"),
        row.getString("key_id"));
  }

  private static StoredObject previous(Key<?> key, ResultSet row) throws SQLException {
    return new StoredObject(
        key,
        new Revision(row.getLong("previous_revision")),
        Bytes.owning(row.getBytes("previous_content")),
        row.getString("previous_storage_version"),
        row.getString("previous_key_id"));
  }

  private static Change.Type type(int code) {
    return switch (code) {
      case CREATED -> Change.Type.CREATED;
      case UPDATED -> Change.Type.UPDATED;
      case DELETED -> Change.Type.DELETED;
      default -> throw new IllegalStateException("a change of the unknown type " + code);
    };
  }

  private static @Nullable ObjectId objectId(@Nullable String hex) {
    return hex == null ? null : ObjectId.of(hex);
  }
}
