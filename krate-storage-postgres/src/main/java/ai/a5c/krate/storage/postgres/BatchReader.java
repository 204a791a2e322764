package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.spi.storage.Key;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads the state that a batch is decided against. */
final class BatchReader {
  private static final String LOCK = "SELECT revision FROM krate.log WHERE id = 1 FOR UPDATE";
  private static final String OBJECTS =
      "SELECT u.i, o.revision, o.content, o.storage_version, o.key_id"
          + " FROM unnest(?::text[], ?::text[], ?::text[], ?::text[]) WITH ORDINALITY"
          + " AS u (api_group, resource, namespace, name, i)"
          + " JOIN krate.object o ON o.api_group = u.api_group AND o.resource = u.resource"
          + " AND o.namespace = u.namespace AND o.name = u.name";
  private static final String REFS =
      "SELECT u.i, r.target FROM unnest(?::uuid[], ?::text[]) WITH ORDINALITY"
          + " AS u (repository, name, i)"
          + " JOIN krate.ref r ON r.repository = u.repository AND r.name = u.name";
  private static final String COUNTERS =
      "SELECT u.i, c.value FROM unnest(?::text[]) WITH ORDINALITY AS u (name, i)"
          + " JOIN krate.counter c ON c.name = u.name";
  private static final String STREAMS =
      "SELECT u.i, s.hash FROM unnest(?::text[]) WITH ORDINALITY AS u (name, i)"
          + " JOIN krate.stream s ON s.name = u.name";

  private final Connection connection;

  BatchReader(Connection connection) {
    this.connection = connection;
  }

  /**
   * Takes the lock of the log, then reads.
   *
   * @return the newest revision, which stays so until this transaction ends
   */
  long lockAndRead(BatchState.Wanted wanted, BatchState base) throws SQLException {
    var script = new Script(connection);
    long[] head = {-1};
    script.query(
        LOCK,
        rows -> {
          if (rows.next()) {
            head[0] = rows.getLong(1);
          }
        });
    read(script, wanted, base);
    script.run();
    if (head[0] < 0) {
      throw new SQLException("krate.log has no row");
    }
    return head[0];
  }

  /** Reads more, under the lock. */
  void read(BatchState.Wanted wanted, BatchState base) throws SQLException {
    if (!wanted.isEmpty()) {
      var script = new Script(connection);
      read(script, wanted, base);
      script.run();
    }
  }

  private void read(Script script, BatchState.Wanted wanted, BatchState base) throws SQLException {
    if (!wanted.objects().isEmpty()) {
      readObjects(script, new ArrayList<>(wanted.objects()), base);
    }
    if (!wanted.refs().isEmpty()) {
      readRefs(script, new ArrayList<>(wanted.refs()), base);
    }
    if (!wanted.counters().isEmpty()) {
      List<String> names = new ArrayList<>(wanted.counters());
      forget(base.counters(), names);
      script.query(
          COUNTERS,
          rows -> {
            while (rows.next()) {
              base.counters().put(names.get(rows.getInt(1) - 1), Optional.of(rows.getLong(2)));
            }
          },
          script.texts(names));
    }
    if (!wanted.streams().isEmpty()) {
      List<String> names = new ArrayList<>(wanted.streams());
      forget(base.streams(), names);
      script.query(
          STREAMS,
          rows -> {
            while (rows.next()) {
              base.streams().put(names.get(rows.getInt(1) - 1), Optional.of(rows.getString(2)));
            }
          },
          script.texts(names));
    }
  }

  private static void readObjects(Script script, List<Key<?>> keys, BatchState base)
      throws SQLException {
    forget(base.objects(), keys);
    script.query(
        OBJECTS,
        rows -> {
          while (rows.next()) {
            Key<?> key = keys.get(rows.getInt("i") - 1);
            base.objects().put(key, Optional.of(Rows.object(key, rows)));
          }
        },
        script.texts(column(keys, key -> key.resource().group())),
        script.texts(column(keys, key -> key.resource().resource())),
        script.texts(column(keys, Key::namespace)),
        script.texts(column(keys, Key::name)));
  }

  private static void readRefs(Script script, List<BatchState.Ref> refs, BatchState base)
      throws SQLException {
    forget(base.refs(), refs);
    script.query(
        REFS,
        rows -> {
          while (rows.next()) {
            ObjectId target = ObjectId.of(rows.getString(2));
            base.refs().put(refs.get(rows.getInt(1) - 1), Optional.of(target));
          }
        },
        script.texts(column(refs, ref -> ref.repository().toString())),
        script.texts(column(refs, ref -> ref.name().value())));
  }

  /** What the query does not give is absent, and known to be. */
  private static <K, V> void forget(Layer<K, V> layer, Collection<K> keys) {
    keys.forEach(key -> layer.put(key, Optional.empty()));
  }

  static <T> List<String> column(List<? extends T> rows, Function<T, String> value) {
    var column = new ArrayList<String>(rows.size());
    rows.forEach(row -> column.add(value.apply(row)));
    return column;
  }
}
