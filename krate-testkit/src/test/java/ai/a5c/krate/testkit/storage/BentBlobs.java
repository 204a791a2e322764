package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.spi.blob.AppendOutcome;
import ai.a5c.krate.spi.blob.BlobStore;
import java.time.Duration;

/** Byte streams that are right but for what a subclass bends. */
class BentBlobs implements BlobStore {
  final BlobStore whole;
  final int server;

  /**
   * The streams as one server has them.
   *
   * @param server 0 for the first one
   */
  BentBlobs(BlobStore whole, int server) {
    this.whole = whole;
    this.server = server;
  }

  @Override
  public AppendOutcome append(String stream, long offset, Bytes chunk) {
    return whole.append(stream, offset, chunk);
  }

  @Override
  public long length(String stream) {
    return whole.length(stream);
  }

  @Override
  public Bytes read(String stream, long offset, int limit) {
    return whole.read(stream, offset, limit);
  }

  @Override
  public boolean awaitGrowth(String stream, long beyond, Duration patience)
      throws InterruptedException {
    return whole.awaitGrowth(stream, beyond, patience);
  }

  @Override
  public void delete(String stream) {
    whole.delete(stream);
  }

  @Override
  public int deleteAll(String prefix) {
    return whole.deleteAll(prefix);
  }
}
