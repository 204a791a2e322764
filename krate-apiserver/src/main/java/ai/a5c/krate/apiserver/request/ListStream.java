package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.apiserver.wire.ListFrame;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The body of a list, written as it is read: a long list is never held as a whole. Read by one
 * thread.
 */
final class ListStream extends InputStream {
  private static final int CHUNK = 64 * 1024;

  private final Collection collection;
  private final Snapshot snapshot;
  private final Rendering rendering;
  private final ListFrame frame;
  private final long limit;
  private long count;
  private byte[] pending;
  private int offset;
  private boolean ended;

  /**
   * A list.
   *
   * @param limit the most items; 0 for all
   */
  ListStream(Collection collection, Rendering rendering, long limit) {
    this.collection = collection;
    this.snapshot = collection.snapshot();
    this.rendering = rendering;
    this.frame = rendering.frame();
    this.limit = limit == 0 ? Long.MAX_VALUE : limit;
    this.pending = frame.opening().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    while (offset == pending.length) {
      if (ended) {
        return -1;
      }
      pending = next();
      offset = 0;
    }
    int size = Math.min(length, pending.length - offset);
    System.arraycopy(pending, offset, target, from, size);
    offset += size;
    return size;
  }

  private byte[] next() throws IOException {
    try {
      return produce();
    } catch (CompactedException e) {
      throw new IOException("the history was compacted while the list was read", e);
    } catch (StoreUnavailableException e) {
      throw new IOException("the store was lost while the list was read", e);
    }
  }

  private byte[] produce() {
    var out = new ByteArrayOutputStream(CHUNK);
    while (snapshot.hasNext() && count < limit && out.size() < CHUNK) {
      if (count > 0) {
        out.write(',');
      }
      out.writeBytes(rendering.item(snapshot.next()).toArray());
      count++;
    }
    if (!snapshot.hasNext() || count == limit) {
      out.writeBytes(frame.closing(collection.meta()).getBytes(StandardCharsets.UTF_8));
      ended = true;
    }
    return out.toByteArray();
  }
}
