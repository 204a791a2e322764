package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.blob.BlobStore;
import java.time.Duration;

/**
 * What jobs print: one byte stream for each attempt, so that an attempt that was given up can never
 * write into the log of the one after it. May be used from many threads at once.
 */
public final class JobLogs {
  private final BlobStore blobs;

  /** The logs in a store. */
  public JobLogs(BlobStore blobs) {
    this.blobs = blobs;
  }

  /**
   * The name of the stream of an attempt.
   *
   * @param attempt from 1
   */
  public static String stream(Uid job, int attempt) {
    if (attempt < 1) {
      throw new IllegalArgumentException("attempts are counted from 1, and not " + attempt);
    }
    return job + "/" + attempt;
  }

  /**
   * Adds a piece where a log ends, if that is at the offset.
   *
   * @param stream as {@link #stream} names it
   * @return how long the log is then, with the piece or without it
   * @throws ai.a5c.krate.spi.storage.StoreUnavailableException if nothing was stored
   * @throws ai.a5c.krate.spi.storage.OutcomeUnknownException if it cannot be told
   */
  public long append(String stream, long offset, Bytes piece) {
    return blobs.append(stream, offset, piece).length();
  }

  /** How many bytes an attempt has printed. */
  public long length(Uid job, int attempt) {
    return blobs.length(stream(job, attempt));
  }

  /** Forgets what all attempts of a job have printed. */
  public void forget(Uid job) {
    int deleted = BlobStore.MOST_DELETED;
    while (deleted == BlobStore.MOST_DELETED) {
      deleted = blobs.deleteAll(job + "/");
    }
  }

  /** As {@link BlobStore#read}. */
  Bytes read(Uid job, int attempt, long offset, int limit) {
    return blobs.read(stream(job, attempt), offset, limit);
  }

  /** As {@link BlobStore#awaitGrowth}. */
  boolean awaitGrowth(Uid job, int attempt, long beyond, Duration patience)
      throws InterruptedException {
    return blobs.awaitGrowth(stream(job, attempt), beyond, patience);
  }
}
