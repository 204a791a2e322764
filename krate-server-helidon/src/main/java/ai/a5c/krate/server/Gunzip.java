package ai.a5c.krate.server;

import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncoding;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/** Unfolds request bodies that came with gzip, up to a bound. Responses are not its business. */
final class Gunzip implements ContentEncoding {
  private static final int BUFFER = 8 << 10;

  private final long limit;

  /**
   * A decoder.
   *
   * @param limit how many bytes one body may unfold to
   */
  Gunzip(long limit) {
    this.limit = limit;
  }

  /** A body unfolds to more than is taken. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(long limit) {
      super("the request's body unfolds to more than " + limit + " bytes");
    }
  }

  private static final class Bounded extends FilterInputStream {
    private final long limit;
    private long left;

    Bounded(InputStream in, long limit) {
      super(in);
      this.limit = limit;
      this.left = limit;
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      spend(next < 0 ? 0 : 1);
      return next;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = super.read(into, offset, length);
      spend(Math.max(0, count));
      return count;
    }

    private void spend(int count) throws TooLargeException {
      left -= count;
      if (left < 0) {
        throw new TooLargeException(limit);
      }
    }
  }

  /**
   * Reads the gzip header with the first byte that is asked for, so that a broken one is the
   * reader's to see.
   */
  private static final class Late extends InputStream {
    private final InputStream folded;
    private @org.jspecify.annotations.Nullable InputStream unfolded;

    Late(InputStream folded) {
      this.folded = folded;
    }

    @Override
    public int read() throws IOException {
      return unfolded().read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return unfolded().read(into, offset, length);
    }

    @Override
    public void close() throws IOException {
      folded.close();
    }

    private InputStream unfolded() throws IOException {
      InputStream current = unfolded;
      if (current == null) {
        current = new GZIPInputStream(folded, BUFFER);
        unfolded = current;
      }
      return current;
    }
  }

  @Override
  public ContentDecoder decoder() {
    return folded -> new Bounded(new Late(folded), limit);
  }

  @Override
  public ContentEncoder encoder() {
    return ContentEncoder.NO_OP;
  }

  @Override
  public Set<String> ids() {
    return Set.of("gzip", "x-gzip");
  }

  @Override
  public boolean supportsEncoding() {
    return false;
  }

  @Override
  public boolean supportsDecoding() {
    return true;
  }

  @Override
  public String name() {
    return "gzip";
  }

  @Override
  public String type() {
    return "gzip";
  }
}
