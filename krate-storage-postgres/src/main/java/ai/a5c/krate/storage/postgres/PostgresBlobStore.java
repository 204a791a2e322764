package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.spi.blob.AppendOutcome;
import ai.a5c.krate.spi.blob.BlobBounds;
import ai.a5c.krate.spi.blob.BlobStore;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** Byte streams as rows: each append is one statement, decided by the row of its stream. */
final class PostgresBlobStore implements BlobStore {
  /** How many appends may use the connections that reads use, too. */
  private static final int WRITERS = 6;

  /** How many chunks one reading puts together. */
  private static final int MOST_CHUNKS = 4_096;

  /** For how long an append is tried again, so that a restart of the database goes unnoticed. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration RETRY = Duration.ofMillis(50);

  /** What the chunk is stored under; a database that was told to commit lazily is overruled. */
  private static final String CHUNK =
      " INSERT INTO krate.blob_chunk (blob, start, content) SELECT id, ?, ? FROM grown"
          + " RETURNING CASE WHEN current_setting('synchronous_commit') = 'off'"
          + " THEN set_config('synchronous_commit', 'on', true) END";

  private static final String BEGIN =
      "WITH grown AS (INSERT INTO krate.blob (name, length) VALUES (?, ?)"
          + " ON CONFLICT (name) DO NOTHING RETURNING id)"
          + CHUNK;

  private static final String GROW =
      "WITH grown AS (UPDATE krate.blob SET length = length + ? WHERE name = ? AND length = ?"
          + " RETURNING id)"
          + CHUNK;

  private static final String READ =
      "SELECT c.start, substring(c.content FROM greatest(? - c.start, 0)::int + 1 FOR ?)"
          + " FROM krate.blob b JOIN krate.blob_chunk c ON c.blob = b.id"
          + " WHERE b.name = ? AND ? < b.length AND c.start < ?"
          + " AND c.start >= (SELECT max(p.start) FROM krate.blob_chunk p"
          + "   WHERE p.blob = b.id AND p.start <= ?)"
          + " ORDER BY c.start LIMIT "
          + MOST_CHUNKS;

  /** The names that begin with the prefix follow one another, and nothing else comes between. */
  private static final String DELETE_ALL =
      "DELETE FROM krate.blob WHERE id IN (SELECT id FROM (SELECT id, name FROM krate.blob"
          + " WHERE name >= ? ORDER BY name LIMIT ?) AS near WHERE starts_with(near.name, ?))"
          + " RETURNING id";

  private final DataSource pool;
  private final Reads reads;
  private final Growth growth;
  private final Doorbell doorbell;
  private final Semaphore writers = new Semaphore(WRITERS, true);

  PostgresBlobStore(DataSource pool, Reads reads, Growth growth, Doorbell doorbell) {
    this.pool = pool;
    this.reads = reads;
    this.growth = growth;
    this.doorbell = doorbell;
  }

  @Override
  public AppendOutcome append(String stream, long offset, Bytes chunk) {
    BlobBounds.requireAppend(stream, offset, chunk);
    writers.acquireUninterruptibly();
    try {
      AppendOutcome outcome = persist(stream, offset, chunk);
      if (outcome instanceof AppendOutcome.Appended(long length)) {
        growth.grown(stream, length);
        doorbell.ring(stream);
      }
      return outcome;
    } finally {
      writers.release();
    }
  }

  /**
   * Tries again when the connection breaks. The row's lock makes the next attempt wait for what the
   * database may still be doing of the one before, so that it finds it done or undone.
   */
  private AppendOutcome persist(String stream, long offset, Bytes chunk) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    boolean sent = false;
    while (true) {
      SQLException fault;
      try (Connection connection = pool.getConnection()) {
        boolean before = sent;
        sent = true;
        if (stored(connection, stream, offset, chunk)) {
          return new AppendOutcome.Appended(offset + chunk.size());
        }
        long length = length(connection, stream);
        if (before && isThere(connection, stream, offset, chunk)) {
          return new AppendOutcome.Appended(offset + chunk.size());
        }
        if (length != offset) {
          return new AppendOutcome.Elsewhere(length);
        }
        // It was deleted between the two looks, or has only now become what the writer expects.
        sent = before;
        fault = new SQLException("the stream changes all the time");
      } catch (SQLException e) {
        fault = e;
      }
      if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
        throw sent
            ? new OutcomeUnknownException("the database was lost during an append", fault)
            : new StoreUnavailableException("nothing was appended", fault);
      }
      LockSupport.parkNanos(RETRY.toNanos());
    }
  }

  private static boolean stored(Connection connection, String stream, long offset, Bytes chunk)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(offset == 0 ? BEGIN : GROW)) {
      int next = 1;
      if (offset == 0) {
        statement.setString(next++, stream);
        statement.setLong(next++, chunk.size());
      } else {
        statement.setLong(next++, chunk.size());
        statement.setString(next++, stream);
        statement.setLong(next++, offset);
      }
      statement.setLong(next++, offset);
      statement.setBinaryStream(next, chunk.stream(), chunk.size());
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  /** Whether a chunk that may have been stored by an attempt whose answer was lost is there. */
  private static boolean isThere(Connection connection, String stream, long offset, Bytes chunk)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT 1 FROM krate.blob b JOIN krate.blob_chunk c ON c.blob = b.id"
                + " WHERE b.name = ? AND c.start = ? AND c.content = ?")) {
      statement.setString(1, stream);
      statement.setLong(2, offset);
      statement.setBinaryStream(3, chunk.stream(), chunk.size());
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  @Override
  public long length(String stream) {
    BlobBounds.requireName(stream);
    return reads.read("the length of a stream", handle -> length(handle.getConnection(), stream));
  }

  private static long length(Connection connection, String stream) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT length FROM krate.blob WHERE name = ?")) {
      statement.setString(1, stream);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  @Override
  public Bytes read(String stream, long offset, int limit) {
    BlobBounds.requireRead(stream, offset, limit);
    return reads.read(
        "a part of a stream", handle -> read(handle.getConnection(), stream, offset, limit));
  }

  private static Bytes read(Connection connection, String stream, long offset, int limit)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      long end = offset > Long.MAX_VALUE - limit ? Long.MAX_VALUE : offset + limit;
      statement.setLong(1, offset);
      statement.setInt(2, limit);
      statement.setString(3, stream);
      statement.setLong(4, offset);
      statement.setLong(5, end);
      statement.setLong(6, offset);
      // Whole chunks of a megabyte need not all be held at once.
      statement.setFetchSize(64);
      try (ResultSet rows = statement.executeQuery()) {
        var read = new ByteArrayOutputStream();
        while (rows.next() && read.size() < limit) {
          byte[] part = rows.getBytes(2);
          read.write(part, 0, Math.min(part.length, limit - read.size()));
        }
        return Bytes.owning(read.toByteArray());
      }
    }
  }

  @Override
  public boolean awaitGrowth(String stream, long beyond, Duration patience)
      throws InterruptedException {
    BlobBounds.requireName(stream);
    return growth.await(stream, beyond, patience, () -> length(stream));
  }

  @Override
  public void delete(String stream) {
    BlobBounds.requireName(stream);
    int unused = delete("DELETE FROM krate.blob WHERE name = ? RETURNING id", stream);
  }

  @Override
  public int deleteAll(String prefix) {
    BlobBounds.requireName(prefix);
    return delete(DELETE_ALL, prefix, MOST_DELETED, prefix);
  }

  /** The rows go first, so that no append can add a chunk that would belong to nobody. */
  private int delete(String sql, Object... values) {
    return reads.read(
        "the deletion of streams",
        handle ->
            handle.inTransaction(
                within -> {
                  List<Long> gone = new ArrayList<>();
                  try (PreparedStatement statement = within.getConnection().prepareStatement(sql)) {
                    for (int index = 0; index < values.length; index++) {
                      statement.setObject(index + 1, values[index]);
                    }
                    try (ResultSet rows = statement.executeQuery()) {
                      while (rows.next()) {
                        gone.add(rows.getLong(1));
                      }
                    }
                  }
                  try (PreparedStatement statement =
                      within
                          .getConnection()
                          .prepareStatement("DELETE FROM krate.blob_chunk WHERE blob = ANY (?)")) {
                    statement.setArray(
                        1, within.getConnection().createArrayOf("int8", gone.toArray()));
                    int unused = statement.executeUpdate();
                  }
                  return gone.size();
                }));
  }
}
