package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.StoredObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes what a batch became, in one round trip, without the COMMIT. */
final class BatchWriter {
  private static final String KEYS = "?::text[], ?::text[], ?::text[], ?::text[]";
  private static final String OBJECT_ARRAYS =
      "unnest(" + KEYS + ", ?::int8[], ?::bytea[], ?::text[], ?::text[])";
  private static final String OBJECT_COLUMNS =
      "(api_group, resource, namespace, name, revision, content, storage_version, key_id)";
  private static final String SAME_KEY =
      " WHERE o.api_group = u.api_group AND o.resource = u.resource"
          + " AND o.namespace = u.namespace AND o.name = u.name";

  private static final String INSERT_OBJECTS =
      "INSERT INTO krate.object " + OBJECT_COLUMNS + " SELECT * FROM " + OBJECT_ARRAYS;
  private static final String UPDATE_OBJECTS =
      "UPDATE krate.object o SET revision = u.revision, content = u.content,"
          + " storage_version = u.storage_version, key_id = u.key_id FROM "
          + (OBJECT_ARRAYS + " AS u " + OBJECT_COLUMNS + SAME_KEY);
  private static final String DELETE_OBJECTS =
      "DELETE FROM krate.object o USING unnest("
          + (KEYS + ") AS u (api_group, resource, namespace, name)" + SAME_KEY);
  private static final String INSERT_REFS =
      "INSERT INTO krate.ref (repository, name, target)"
          + " SELECT * FROM unnest(?::uuid[], ?::text[], ?::text[])";
  private static final String UPDATE_REFS =
      "UPDATE krate.ref r SET target = u.target"
          + " FROM unnest(?::uuid[], ?::text[], ?::text[]) AS u (repository, name, target)"
          + " WHERE r.repository = u.repository AND r.name = u.name";
  private static final String DELETE_REFS =
      "DELETE FROM krate.ref r USING unnest(?::uuid[], ?::text[]) AS u (repository, name)"
          + " WHERE r.repository = u.repository AND r.name = u.name";
  private static final String COUNTERS =
      "INSERT INTO krate.counter (name, value) SELECT * FROM unnest(?::text[], ?::int8[])"
          + " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
  private static final String STREAMS =
      "INSERT INTO krate.stream (name, hash) SELECT * FROM unnest(?::text[], ?::text[])"
          + " ON CONFLICT (name) DO UPDATE SET hash = excluded.hash";
  private static final String LOG = "UPDATE krate.log SET revision = ? WHERE id = 1";
  private static final String MARK =
      "INSERT INTO krate.committer (id, batch, seen) VALUES (?::uuid, ?, now())"
          + " ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, seen = excluded.seen";
  private static final String NOTIFY = "SELECT pg_notify('" + Tailer.CHANNEL + "', ?)";

  private final Script script;
  private final BatchState base;
  private final BatchPlan plan;

  private BatchWriter(Connection connection, BatchState base, BatchPlan plan) {
    this.script = new Script(connection);
    this.base = base;
    this.plan = plan;
  }

  /**
   * Writes.
   *
   * @param head the revision before the batch
   * @param mark what tells later that this batch was committed
   */
  static void write(Connection connection, BatchState base, BatchPlan plan, long head, Mark mark)
      throws SQLException {
    var writer = new BatchWriter(connection, base, plan);
    writer.objects();
    writer.refs();
    writer.countersAndStreams();
    if (!plan.changes().isEmpty()) {
      long last = head + plan.changes().size();
      ChangeColumns.of(plan.changes()).insertInto(writer.script);
      writer.script.update(LOG, last).query(NOTIFY, rows -> {}, Long.toString(last));
    }
    writer.script.update(MARK, mark.committer().toString(), mark.batch());
    writer.script.run();
  }

  /** How a committer finds out, after it lost its connection, whether a batch was committed. */
  record Mark(UUID committer, long batch) {}

  private void objects() throws SQLException {
    var created = new ArrayList<StoredObject>();
    var updated = new ArrayList<StoredObject>();
    var deleted = new ArrayList<Key<?>>();
    for (Map.Entry<Key<?>, Optional<StoredObject>> entry :
        plan.after().objects().own().entrySet()) {
      boolean before = base.objects().get(entry.getKey()).isPresent();
      if (entry.getValue().isPresent()) {
        (before ? updated : created).add(entry.getValue().get());
      } else if (before) {
        deleted.add(entry.getKey());
      }
    }
    // Deletions first: the others never name the same key, but they may need its space.
    if (!deleted.isEmpty()) {
      script.update(DELETE_OBJECTS, keys(deleted));
    }
    if (!updated.isEmpty()) {
      script.update(UPDATE_OBJECTS, columns(updated));
    }
    if (!created.isEmpty()) {
      script.update(INSERT_OBJECTS, columns(created));
    }
  }

  private Object[] keys(List<Key<?>> keys) throws SQLException {
    return new Object[] {
      script.texts(BatchReader.column(keys, key -> key.resource().group())),
      script.texts(BatchReader.column(keys, key -> key.resource().resource())),
      script.texts(BatchReader.column(keys, Key::namespace)),
      script.texts(BatchReader.column(keys, Key::name))
    };
  }

  private Object[] columns(List<StoredObject> objects) throws SQLException {
    var keys = new ArrayList<Key<?>>();
    var revisions = new ArrayList<Long>();
    var contents = new ArrayList<byte @Nullable []>();
    for (StoredObject object : objects) {
      keys.add(object.key());
      revisions.add(object.revision().value());
      contents.add(object.content().toArray());
    }
    Object[] names = keys(keys);
    return new Object[] {
      names[0],
      names[1],
      names[2],
      names[3],
      script.numbers(revisions),
      script.bytes(contents),
      script.texts(BatchReader.column(objects, StoredObject::storageVersion)),
      script.texts(
          ChangeColumns.<StoredObject, @Nullable String>nullable(objects, StoredObject::keyId))
    };
  }

  private void refs() throws SQLException {
    var created = new ArrayList<Map.Entry<BatchState.Ref, Optional<ObjectId>>>();
    var moved = new ArrayList<Map.Entry<BatchState.Ref, Optional<ObjectId>>>();
    var deleted = new ArrayList<Map.Entry<BatchState.Ref, Optional<ObjectId>>>();
    for (Map.Entry<BatchState.Ref, Optional<ObjectId>> ref : plan.after().refs().own().entrySet()) {
      boolean before = base.refs().get(ref.getKey()).isPresent();
      if (ref.getValue().isPresent()) {
        (before ? moved : created).add(ref);
      } else if (before) {
        deleted.add(ref);
      }
    }
    if (!deleted.isEmpty()) {
      script.update(DELETE_REFS, repositories(deleted), names(deleted));
    }
    if (!moved.isEmpty()) {
      script.update(UPDATE_REFS, repositories(moved), names(moved), targets(moved));
    }
    if (!created.isEmpty()) {
      script.update(INSERT_REFS, repositories(created), names(created), targets(created));
    }
  }

  private Object repositories(List<Map.Entry<BatchState.Ref, Optional<ObjectId>>> refs)
      throws SQLException {
    return script.texts(BatchReader.column(refs, ref -> ref.getKey().repository().toString()));
  }

  private Object names(List<Map.Entry<BatchState.Ref, Optional<ObjectId>>> refs)
      throws SQLException {
    return script.texts(BatchReader.column(refs, ref -> ref.getKey().name().value()));
  }

  private Object targets(List<Map.Entry<BatchState.Ref, Optional<ObjectId>>> refs)
      throws SQLException {
    return script.texts(BatchReader.column(refs, ref -> ref.getValue().orElseThrow().hex()));
  }

  private void countersAndStreams() throws SQLException {
    Map<String, Optional<Long>> counters = plan.after().counters().own();
    if (!counters.isEmpty()) {
      var values = new ArrayList<Long>();
      counters.values().forEach(value -> values.add(value.orElse(0L)));
      script.update(COUNTERS, script.texts(List.copyOf(counters.keySet())), script.numbers(values));
    }
    Map<String, Optional<String>> streams = plan.after().streams().own();
    if (!streams.isEmpty()) {
      var hashes = new ArrayList<String>();
      streams.values().forEach(hash -> hashes.add(hash.orElse(SlotValues.NO_HASH)));
      script.update(STREAMS, script.texts(List.copyOf(streams.keySet())), script.texts(hashes));
    }
  }
}
