package ai.a5c.krate.apiserver.house;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Subresource;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Piece;
import ai.a5c.krate.apiserver.registry.Readout;
import ai.a5c.krate.apiserver.wire.Query;
import ai.a5c.krate.spi.blob.AppendOutcome;
import ai.a5c.krate.spi.blob.BlobStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The pages of a note: a text that is got by {@code notes/text}, and has an end once it holds a
 * full stop.
 */
public final class Pages implements Readout {
  /** What one piece holds at most. */
  public static final int PIECE = 1_000;

  private final BlobStore blobs;
  private final AtomicInteger pieces = new AtomicInteger();

  public Pages(BlobStore blobs) {
    this.blobs = blobs;
  }

  /** Writes on. */
  public void write(ApiObject note, String text) {
    String stream = note.uid().toString();
    if (!(blobs.append(stream, blobs.length(stream), Bytes.utf8(text))
        instanceof AppendOutcome.Appended)) {
      throw new IllegalStateException("somebody else writes");
    }
  }

  /** How many pieces were asked for. */
  public int pieces() {
    return pieces.get();
  }

  @Override
  public Subresource subresource() {
    return new Subresource(
        "text",
        "text/plain",
        "What is written.",
        List.of(
            new Subresource.Parameter("follow", "boolean", "Whether to wait for the end."),
            new Subresource.Parameter("since", "integer", "How many bytes to leave out.")));
  }

  @Override
  public Reading open(ApiObject object, Query query) {
    long since = query.number("since").orElse(0);
    if (since < 0) {
      throw new ApiException(
          new Problem.Invalid(
              "toys.example.org",
              "TextOptions",
              object.name(),
              List.of(FieldError.invalid("since", since, "must not be negative"))));
    }
    return new Walk(object.uid().toString(), query.flag("follow"), since);
  }

  private final class Walk implements Reading {
    private final String stream;
    private final boolean follow;
    private long at;

    Walk(String stream, boolean follow, long at) {
      this.stream = stream;
      this.follow = follow;
      this.at = at;
    }

    @Override
    public Piece next(Duration patience) throws InterruptedException {
      pieces.incrementAndGet();
      Bytes read = blobs.read(stream, at, PIECE);
      if (!read.isEmpty()) {
        at += read.size();
        return new Piece.Some(read);
      }
      boolean finished = at > 0 && blobs.read(stream, at - 1, 1).utf8().equals(".");
      if (finished || !follow) {
        return new Piece.End();
      }
      boolean unused = blobs.awaitGrowth(stream, at, patience);
      return new Piece.Quiet();
    }
  }
}
