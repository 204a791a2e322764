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
  /** The most bytes of the log of one attempt. */
  public static final long MOST_BYTES = 64L << 20;

  private final BlobStore blobs;
  private final long mostBytes;

  /** The logs in a store. */
  public JobLogs(BlobStore blobs) {
    this(blobs, MOST_BYTES);
  }

  /** Logs of other bounds, for tests. */
  JobLogs(BlobStore blobs, long mostBytes) {
    this.blobs = blobs;
    this.mostBytes = mostBytes;
  }

  /** A writer for an attempt that begins now. */
  public LogWriter begin(Uid job, int attempt) {
    return new LogWriter(blobs, stream(job, attempt), mostBytes);
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

  private static String stream(Uid job, int attempt) {
    if (attempt < 1) {
      throw new IllegalArgumentException("attempts are counted from 1, and not " + attempt);
    }
    return job + "/" + attempt;
  }
}
