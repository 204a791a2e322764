package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.spi.blob.AppendOutcome;
import ai.a5c.krate.spi.blob.BlobStore;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes the log of one attempt. What is written is stored within a fraction of a second, in pieces
 * that are larger the more there is; whoever writes faster than the store waits. Used by one
 * thread.
 *
 * <p>What goes beyond the bound of a log is dropped, and a last line says so: a step does not fail
 * for printing too much.
 */
final class LogWriter extends OutputStream {
  /** What waits to be stored, at most. */
  private static final int BUFFER = BlobStore.MOST_BYTES;

  /** So much memory a log has that says little. */
  private static final int SMALL = 8 << 10;

  /** From here on a piece is stored at once. */
  private static final int WORTH_IT = 256 << 10;

  /** How long a piece that is not worth it may become larger after the one before it. */
  private static final Duration PACE = Duration.ofMillis(100);

  /** How long the store may be away. */
  private static final int MOST_TRIES = 60;

  private static final Duration RETRY = Duration.ofSeconds(1);

  private final BlobStore blobs;
  private final String stream;
  private final long mostBytes;
  private final byte[] cut;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private byte[] buffer = new byte[0];
  private final Thread thread;
  private int filled;
  private long taken;
  private long stored;
  private boolean dropping;
  private boolean closed;
  private @Nullable Exception failure;

  LogWriter(BlobStore blobs, String stream, long mostBytes) {
    this.blobs = blobs;
    this.stream = stream;
    this.mostBytes = mostBytes;
    this.cut =
        ("\n[krate] The log is cut here: it has more than " + mostBytes + " bytes.\n")
            .getBytes(StandardCharsets.UTF_8);
    this.thread = Thread.ofVirtual().name("krate-log " + stream).start(this::run);
  }

  /** How many bytes are stored durably. */
  long stored() {
    lock.lock();
    try {
      return stored;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /**
   * Takes bytes; waits while the buffer is full.
   *
   * @throws IOException if what was written before could not be stored, or somebody else writes
   *     this log
   */
  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    lock.lock();
    try {
      requireOpen();
      int fit = (int) Math.min(length, mostBytes - taken);
      put(from, offset, fit);
      taken += fit;
      if (fit < length && !dropping) {
        dropping = true;
        put(cut, 0, cut.length);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until everything that was written is stored.
   *
   * @throws IOException as by {@link #write}
   */
  @Override
  public void flush() throws IOException {
    lock.lock();
    try {
      requireOpen();
      while (filled > 0) {
        pause();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stores what is left, and ends the writing. Called once more it does nothing.
   *
   * @throws IOException if not everything could be stored
   */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the end of a log was stored");
    }
    lock.lock();
    try {
      requireWhole();
    } finally {
      lock.unlock();
    }
  }

  private void put(byte[] from, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      while (filled == BUFFER) {
        pause();
      }
      int count = Math.min(length - done, BUFFER - filled);
      if (filled + count > buffer.length) {
        int room = Math.max(Math.max(SMALL, filled + count), 2 * buffer.length);
        buffer = Arrays.copyOf(buffer, Math.min(BUFFER, room));
      }
      System.arraycopy(from, offset + done, buffer, filled, count);
      filled += count;
      done += count;
      changed.signalAll();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // Each caller asks again.
  private void pause() throws IOException {
    try {
      changed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a log was stored");
    }
    requireWhole();
  }

  private void requireOpen() throws IOException {
    requireWhole();
    if (closed) {
      throw new IOException("the log is closed");
    }
  }

  private void requireWhole() throws IOException {
    if (failure != null) {
      throw new IOException("the log cannot be stored: " + failure.getMessage(), failure);
    }
  }

  private void run() {
    try {
      for (Bytes piece = take(); !piece.isEmpty(); piece = take()) {
        append(piece);
        settle(piece);
      }
    } catch (InterruptedException | IOException | RuntimeException e) {
      lock.lock();
      try {
        failure = e;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Waits for something; empty once the log is closed and everything is stored. */
  private Bytes take() throws InterruptedException {
    lock.lock();
    try {
      long left = stored == 0 ? 0 : PACE.toNanos();
      while (!closed && (filled == 0 || (filled < WORTH_IT && left > 0))) {
        if (left > 0) {
          left = changed.awaitNanos(left);
        } else {
          changed.await();
        }
      }
      return Bytes.owning(Arrays.copyOf(buffer, filled));
    } finally {
      lock.unlock();
    }
  }

  private void settle(Bytes piece) {
    lock.lock();
    try {
      stored += piece.size();
      filled -= piece.size();
      System.arraycopy(buffer, piece.size(), buffer, 0, filled);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Who writes this attempt is alone: if it is not known what became of a piece, it is found. */
  private void append(Bytes piece) throws IOException, InterruptedException {
    long offset = stored();
    boolean unknown = false;
    for (int tries = 1; ; tries++) {
      try {
        if (blobs.append(stream, offset, piece) instanceof AppendOutcome.Elsewhere(long length)
            && !(unknown && length == offset + piece.size())) {
          throw new IOException("somebody else writes it: it has " + length + " bytes");
        }
        return;
      } catch (OutcomeUnknownException e) {
        unknown = true;
        requirePatience(tries, e);
      } catch (StoreUnavailableException e) {
        requirePatience(tries, e);
      }
      Thread.sleep(RETRY);
    }
  }

  private static void requirePatience(int tries, RuntimeException fault) {
    if (tries == MOST_TRIES) {
      throw fault;
    }
  }
}
