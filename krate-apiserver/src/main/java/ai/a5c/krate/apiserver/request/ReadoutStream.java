package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.problem.Status;
import ai.a5c.krate.apiserver.registry.Piece;
import ai.a5c.krate.apiserver.registry.Readout;
import ai.a5c.krate.apiserver.watch.WatchRight;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The body of a readout: blocks until there is something to read, and gives what there is. It holds
 * one piece at a time, however slowly it is read.
 *
 * <p>It ends only where the readout ends. Whatever else stops it is an {@link IOException}, so that
 * nobody takes a part for the whole.
 */
final class ReadoutStream extends InputStream {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final long RIGHT_EVERY = TimeUnit.SECONDS.toNanos(3);

  private final Readout.Reading reading;
  private final WatchRight right;
  private final LongSupplier nanos;
  private final long end;
  private long nextDecision;
  private @Nullable InputStream piece;
  private boolean ended;
  private volatile boolean closed;

  /**
   * A reading that goes on for so long at most.
   *
   * @param right ends it earlier; asked every few seconds
   * @param nanos a ticker
   */
  ReadoutStream(Readout.Reading reading, Duration lasting, WatchRight right, LongSupplier nanos) {
    this.reading = reading;
    this.right = right;
    this.nanos = nanos;
    long now = nanos.getAsLong();
    this.end = now + lasting.toNanos();
    this.nextDecision = now + RIGHT_EVERY;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      if (piece != null) {
        int count = piece.read(target, from, length);
        if (count > 0) {
          return count;
        }
        piece = null;
      }
      requireGoingOn();
      switch (next()) {
        case Piece.Some(Bytes bytes) -> piece = bytes.stream();
        case Piece.Quiet quiet -> {}
        case Piece.End end -> ended = true;
      }
    }
    return -1;
  }

  /** Ends the reading within a second; may be called by any thread. */
  @Override
  public void close() {
    closed = true;
  }

  private Piece next() throws IOException {
    try {
      return reading.next(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the reading was interrupted");
    } catch (StoreUnavailableException | IllegalStateException e) {
      throw new IOException("what is read from cannot be reached any more", e);
    }
  }

  private void requireGoingOn() throws IOException {
    long now = nanos.getAsLong();
    if (closed || now - end >= 0) {
      throw new IOException(closed ? "the reading was closed" : "the reading took too long");
    }
    if (now - nextDecision >= 0) {
      nextDecision = now + RIGHT_EVERY;
      Optional<Problem> lost = lost();
      if (lost.isPresent()) {
        throw new IOException("the right to it is gone: " + Status.of(lost.get()).message());
      }
    }
  }

  private Optional<Problem> lost() {
    try {
      return right.lost();
    } catch (ApiException e) {
      return Optional.of(e.problem());
    }
  }
}
