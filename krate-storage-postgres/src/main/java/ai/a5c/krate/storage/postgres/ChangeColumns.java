package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.StoredObject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Changes turned on their side: one array a column. */
final class ChangeColumns {
  private static final String INSERT =
      "INSERT INTO krate.change ("
          + Rows.CHANGE_COLUMNS
          + ") SELECT * FROM unnest(?::int8[], ?::int8[], ?::text[], ?::int2[],"
          + " ?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::text[], ?::text[],"
          + " ?::int8[], ?::bytea[], ?::text[], ?::text[], ?::uuid[], ?::text[], ?::text[])";

  private final List<Change> changes;

  private ChangeColumns(List<Change> changes) {
    this.changes = changes;
  }

  static ChangeColumns of(List<Change> changes) {
    return new ChangeColumns(changes);
  }

  void insertInto(Script script) throws SQLException {
    script.update(
        INSERT,
        script.numbers(column(change -> change.revision().value())),
        script.numbers(column(change -> Rows.micros(change.time()))),
        script.texts(column(Change::actor)),
        script.numbers(column(change -> (long) Rows.type(change))),
        script.texts(objects(object -> object.key().resource().group())),
        script.texts(objects(object -> object.key().resource().resource())),
        script.texts(objects(object -> object.key().namespace())),
        script.texts(column(ChangeColumns::name)),
        script.bytes(objects(object -> object.content().toArray())),
        script.texts(objects(StoredObject::storageVersion)),
        script.texts(objects(StoredObject::keyId)),
        script.numbers(previous(object -> object.revision().value())),
        script.bytes(previous(object -> object.content().toArray())),
        script.texts(previous(StoredObject::storageVersion)),
        script.texts(previous(StoredObject::keyId)),
        script.texts(refs(move -> move.repository().toString())),
        script.texts(refs(move -> hex(move.old()))),
        script.texts(refs(move -> hex(move.target()))));
  }

  private static String name(Change change) {
    return switch (change) {
      case Change.ObjectChanged changed -> changed.object().key().name();
      case Change.RefMoved moved -> moved.ref().value();
    };
  }

  private static @Nullable String hex(@Nullable ObjectId id) {
    return id == null ? null : id.hex();
  }

  private <T extends @Nullable Object> List<T> column(Function<Change, T> value) {
    return nullable(changes, value);
  }

  private <T> List<@Nullable T> objects(Function<StoredObject, @Nullable T> value) {
    return column(
        change ->
            change instanceof Change.ObjectChanged changed ? value.apply(changed.object()) : null);
  }

  private <T> List<@Nullable T> previous(Function<StoredObject, @Nullable T> value) {
    return column(
        change -> {
          StoredObject previous =
              change instanceof Change.ObjectChanged changed ? changed.previous() : null;
          return previous == null ? null : value.apply(previous);
        });
  }

  private <T> List<@Nullable T> refs(Function<Change.RefMoved, @Nullable T> value) {
    return column(change -> change instanceof Change.RefMoved moved ? value.apply(moved) : null);
  }

  static <S, T extends @Nullable Object> List<T> nullable(
      List<? extends S> rows, Function<S, T> value) {
    var column = new ArrayList<T>(rows.size());
    for (S row : rows) {
      column.add(value.apply(row));
    }
    return column;
  }
}
