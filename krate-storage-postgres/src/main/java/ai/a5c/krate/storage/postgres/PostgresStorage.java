package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.blob.BlobStore;
import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.spi.lease.Leases;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Both sides of the boundary in one PostgreSQL database, in its schema {@code krate}.
 *
 * <p>Several storages may work on one database at the same time, in one process or many: they share
 * one log. Commits are durable if the server runs with {@code fsync=on}; a server that is set to
 * commit lazily is overruled.
 *
 * <p>A commit waits in a bounded queue, is refused when that is full, and is decided with whatever
 * else is queued in one transaction of the database. When the database is lost while it commits,
 * the store finds out what became of it for about ten seconds before it says that it does not know.
 */
public final class PostgresStorage implements Storage {
  /** Connections for reads and byte streams; commits and the change log have their own. */
  private static final int POOL = 16;

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private final Parts parts;
  private final Listener tailer;
  private final Compactor compactor;
  private final PostgresResourceStore<Boundary.Configuration> configuration;
  private final PostgresRecordStore records;
  private final Growth growth = new Growth();
  private final Listener growthListener;
  private final Doorbell doorbell;
  private final PostgresBlobStore blobs;
  private final PostgresLeases leases;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** What both sides work with. */
  record Parts(Reads reads, History history, Tail tail, Committer committer) {}

  /**
   * Opens the store on data sources of the caller, who closes them after the store.
   *
   * @param pool short-lived connections for reads and housekeeping
   * @param direct connections that are not pooled: the store keeps three of them
   * @param clock what changes are dated by
   * @throws StoreUnavailableException if the database cannot be reached or cannot be used, with the
   *     reason
   */
  public PostgresStorage(
      DataSource pool, DataSource direct, StorageSettings settings, InstantSource clock) {
    this(pool, direct, settings, clock, () -> {});
  }

  private PostgresStorage(
      DataSource pool,
      DataSource direct,
      StorageSettings settings,
      InstantSource clock,
      Runnable release) {
    this.release = release;
    Migrations.run(direct);
    var sides = new Sides(settings.recordGroups());
    var reads = new Reads(pool);
    var history = new History(sides);
    var tail = new Tail(head(reads));
    var committer = new Committer(direct, committerId(reads), settings, clock, tail);
    this.parts = new Parts(reads, history, tail, committer);
    this.tailer = new Listener(direct, Tailer.CHANNEL, new Tailer(history, tail));
    this.compactor = new Compactor(pool, settings.retention(), clock);
    this.configuration =
        new PostgresResourceStore<>(Boundary.Configuration.CONFIGURATION, sides, parts);
    this.records = new PostgresRecordStore(sides, parts);
    this.growthListener = new Listener(direct, Doorbell.CHANNEL, new GrowthListener(growth));
    this.doorbell = new Doorbell(pool);
    this.blobs = new PostgresBlobStore(pool, reads, growth, doorbell);
    this.leases = new PostgresLeases(reads);
    committer.start();
    tailer.start();
    compactor.start();
    growthListener.start();
    doorbell.start();
  }

  /**
   * Opens the store in a database that was started for it, with the settings of production; the
   * caller closes the database after the store.
   *
   * @param recordGroups the API groups that are on the records' side, as {@code
   *     Krate.recordGroups()} says
   * @param clock what changes are dated by
   * @throws StoreUnavailableException if the database cannot be reached or cannot be used, with the
   *     reason
   */
  public static PostgresStorage open(
      Database database, Collection<String> recordGroups, InstantSource clock) {
    return open(
        new DatabaseAddress(database.jdbcUrl(), database.user(), database.password(), POOL),
        StorageSettings.of(Set.copyOf(recordGroups)),
        clock);
  }

  /**
   * Opens the store with connections of its own.
   *
   * @throws StoreUnavailableException if the database cannot be reached or cannot be used, with the
   *     reason
   */
  public static PostgresStorage open(
      DatabaseAddress address, StorageSettings settings, InstantSource clock) {
    var direct = new PGSimpleDataSource();
    direct.setUrl(address.jdbcUrl());
    direct.setUser(address.user());
    direct.setPassword(address.password().revealText());
    direct.setConnectTimeout((int) CONNECT.toSeconds());
    direct.setSocketTimeout((int) ANSWER.toSeconds());
    direct.setTcpKeepAlive(true);
    direct.setPrepareThreshold(2);
    direct.setApplicationName("krate");
    var config = new HikariConfig();
    config.setDataSource(direct);
    config.setPoolName("krate-storage");
    config.setMaximumPoolSize(address.poolSize());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECT.toMillis());
    config.setInitializationFailTimeout(-1);
    var pool = new HikariDataSource(config);
    try {
      return new PostgresStorage(pool, direct, settings, clock, pool::close);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  @Override
  public ResourceStore<Boundary.Configuration> configuration() {
    return configuration;
  }

  @Override
  public RecordStore records() {
    return records;
  }

  @Override
  public Leases leases() {
    return leases;
  }

  @Override
  public BlobStore blobs() {
    return blobs;
  }

  /**
   * Discards history up to a revision, but nothing after the value of a counter whose name begins
   * with {@code cursor/}. Runs by itself every ten minutes, by the retention.
   *
   * @throws StoreUnavailableException if the database cannot be reached or is too busy; history is
   *     whole or was discarded in part, and another call goes on
   */
  public void compact(Revision upTo) {
    try {
      compactor.compact(upTo.value());
    } catch (SQLException e) {
      throw new StoreUnavailableException("history was not discarded", e);
    }
  }

  /** As {@link #compact}, up to where the retention says. */
  public void compactByRetention() {
    try {
      compactor.compactByRetention();
    } catch (SQLException e) {
      throw new StoreUnavailableException("history was not discarded", e);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      parts.tail().close();
      growth.close();
      parts.committer().close();
      tailer.close();
      compactor.close();
      doorbell.close();
      growthListener.close();
      release.run();
    }
  }

  private static long head(Reads reads) {
    return reads.read(
        "the head of the log",
        handle ->
            handle
                .createQuery("SELECT revision FROM krate.log WHERE id = 1")
                .mapTo(Long.class)
                .one());
  }

  private static UUID committerId(Reads reads) {
    return reads.read(
        "a name for the committer",
        handle -> handle.createQuery("SELECT gen_random_uuid()").mapTo(UUID.class).one());
  }
}
