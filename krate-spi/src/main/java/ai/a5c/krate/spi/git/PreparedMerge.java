package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.ObjectId;

/** A merge commit whose objects are in quarantine. Used by one thread. */
public interface PreparedMerge extends AutoCloseable {
  /** The merge commit. */
  ObjectId commit();

  /** Makes the objects durable, ahead of the transaction that lets a ref point to the commit. */
  void publish();

  /**
   * Keeps the published objects, because the transaction committed or may have. Without this call
   * {@link #close} discards them.
   */
  void keep();

  @Override
  void close();
}
