package ai.a5c.krate.spi.storage;

import ai.a5c.krate.spi.blob.BlobStore;
import ai.a5c.krate.spi.lease.Leases;

/**
 * Both sides of the boundary, as one deployment has them.
 *
 * <p>Standalone both are one database with one log, so that a revision of one side has its place in
 * the other.
 */
public interface Storage extends AutoCloseable {
  ResourceStore<Boundary.Configuration> configuration();

  RecordStore records();

  /** Bytes outside the log, in the same deployment. */
  BlobStore blobs();

  /** Which servers on it are alive. */
  Leases leases();

  /**
   * Ends the feeds, finishes the commits that are under way and lets go of all connections and
   * threads.
   */
  @Override
  void close();
}
