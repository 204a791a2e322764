package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.spi.blob.AppendOutcome;
import ai.a5c.krate.spi.blob.BlobBounds;
import ai.a5c.krate.spi.blob.BlobStore;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** The byte streams of a {@link FakeStorage}. */
final class FakeBlobs implements BlobStore {
  private final FakeStorage storage;
  private final FakeMemory memory;

  FakeBlobs(FakeStorage storage) {
    this.storage = storage;
    this.memory = storage.memory();
  }

  @Override
  public AppendOutcome append(String stream, long offset, Bytes chunk) {
    BlobBounds.requireAppend(stream, offset, chunk);
    return reached(
        () -> {
          long length = lengthOf(stream);
          if (length != offset) {
            return new AppendOutcome.Elsewhere(length);
          }
          memory
              .blobs()
              .computeIfAbsent(stream, any -> new ByteArrayOutputStream())
              .writeBytes(chunk.toArray());
          memory.grown.signalAll();
          return new AppendOutcome.Appended(offset + chunk.size());
        });
  }

  @Override
  public long length(String stream) {
    BlobBounds.requireName(stream);
    return reached(() -> lengthOf(stream));
  }

  @Override
  public Bytes read(String stream, long offset, int limit) {
    BlobBounds.requireRead(stream, offset, limit);
    return reached(
        () -> {
          ByteArrayOutputStream blob = memory.blobs().get(stream);
          if (blob == null || offset >= blob.size()) {
            return Bytes.EMPTY;
          }
          int end = (int) Math.min(blob.size(), offset + limit);
          return Bytes.owning(Arrays.copyOfRange(blob.toByteArray(), (int) offset, end));
        });
  }

  @Override
  public boolean awaitGrowth(String stream, long beyond, Duration patience)
      throws InterruptedException {
    BlobBounds.requireName(stream);
    memory.lock.lockInterruptibly();
    try {
      long left = patience.toNanos();
      while (true) {
        if (storage.isClosed()) {
          throw new IllegalStateException("the store is closed");
        }
        storage.requireReachable();
        if (lengthOf(stream) > beyond) {
          return true;
        }
        if (left <= 0) {
          return false;
        }
        left = memory.grown.awaitNanos(left);
      }
    } finally {
      memory.lock.unlock();
    }
  }

  @Override
  public void delete(String stream) {
    BlobBounds.requireName(stream);
    boolean unused = reached(() -> memory.blobs().remove(stream) != null);
  }

  @Override
  public int deleteAll(String prefix) {
    BlobBounds.requireName(prefix);
    return reached(
        () -> {
          List<String> gone =
              memory.blobs().tailMap(prefix).keySet().stream()
                  .takeWhile(name -> name.startsWith(prefix))
                  .limit(MOST_DELETED)
                  .toList();
          memory.blobs().keySet().removeAll(gone);
          return gone.size();
        });
  }

  private long lengthOf(String stream) {
    ByteArrayOutputStream blob = memory.blobs().get(stream);
    return blob == null ? 0 : blob.size();
  }

  private <T> T reached(Supplier<T> work) {
    memory.lock.lock();
    try {
      storage.requireReachable();
      return work.get();
    } finally {
      memory.lock.unlock();
    }
  }
}
