package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.spi.blob.AppendOutcome;
import ai.a5c.krate.spi.blob.AppendOutcome.Appended;
import ai.a5c.krate.spi.blob.AppendOutcome.Elsewhere;
import ai.a5c.krate.spi.blob.BlobStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** One broken store of byte streams for each rule. */
final class BrokenBlobs {
  /** Makes what one server has of the streams. */
  @FunctionalInterface
  interface Flaw {
    BentBlobs bend(BlobStore whole, int server);
  }

  static final Map<String, Flaw> FLAWS =
      Map.ofEntries(
          Map.entry("B1.1", TellsTheOldLength::new),
          Map.entry("B1.2", TellsWhatItWasTold::new),
          Map.entry("B1.3", BelievesInHoles::new),
          Map.entry("B1.4", ChecksThenAppends::new),
          Map.entry("B1.5", CutsTheLargest::new),
          Map.entry("B2.1", RemembersLengths::new),
          Map.entry("B2.2", MixesUpBytes::new),
          Map.entry("B2.3", GivesNothing::new),
          Map.entry("B2.4", CountsTooFar::new),
          Map.entry("B2.5", DoesNotTellNamesApart::new),
          Map.entry("B3.1", DoesNotLook::new),
          Map.entry("B3.2", SeesGrowthEverywhere::new),
          Map.entry("B3.3", SleepsOn::new),
          Map.entry("B3.4", DeafToOthers::new),
          Map.entry("B3.5", SilentAboutItsEnd::new),
          Map.entry("B4.1", KeepsWhatIsDeleted::new),
          Map.entry("B4.2", MissesWhatIsDeleted::new),
          Map.entry("B4.3", PatternsForPrefixes::new),
          Map.entry("B4.4", DeletesWithoutEnd::new),
          Map.entry("B5.1", TakesAnyName::new),
          Map.entry("B5.2", TakesNothingForAChunk::new));

  private BrokenBlobs() {}

  private static final class TellsTheOldLength extends BentBlobs {
    TellsTheOldLength(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public AppendOutcome append(String stream, long offset, Bytes chunk) {
      AppendOutcome outcome = super.append(stream, offset, chunk);
      return chunk.equals(Bytes.utf8("two!")) ? new Appended(offset) : outcome;
    }
  }

  private static final class TellsWhatItWasTold extends BentBlobs {
    TellsWhatItWasTold(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public AppendOutcome append(String stream, long offset, Bytes chunk) {
      AppendOutcome outcome = super.append(stream, offset, chunk);
      return outcome instanceof Elsewhere(long length) && offset < length
          ? new Elsewhere(offset)
          : outcome;
    }
  }

  private static final class BelievesInHoles extends BentBlobs {
    BelievesInHoles(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public AppendOutcome append(String stream, long offset, Bytes chunk) {
      long length = length(stream);
      return length > 0 && offset == length + 1
          ? super.append(stream, length, chunk)
          : super.append(stream, offset, chunk);
    }
  }

  private static final class ChecksThenAppends extends BentBlobs {
    ChecksThenAppends(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public AppendOutcome append(String stream, long offset, Bytes chunk) {
      if (chunk.size() > 1 || !stream.startsWith("7d0c") || length(stream) != offset) {
        return super.append(stream, offset, chunk);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      while (true) {
        if (super.append(stream, length(stream), chunk) instanceof Appended) {
          return new Appended(offset + 1);
        }
      }
    }
  }

  private static final class CutsTheLargest extends BentBlobs {
    CutsTheLargest(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public AppendOutcome append(String stream, long offset, Bytes chunk) {
      if (chunk.size() != MOST_BYTES) {
        return super.append(stream, offset, chunk);
      }
      Bytes cut = Bytes.owning(Arrays.copyOf(chunk.toArray(), MOST_BYTES - 1));
      AppendOutcome unused = super.append(stream, offset, cut);
      return new Appended(offset + MOST_BYTES);
    }
  }

  private static final class RemembersLengths extends BentBlobs {
    private final Map<String, Long> seen = new HashMap<>();

    RemembersLengths(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public long length(String stream) {
      return server == 0
          ? super.length(stream)
          : seen.computeIfAbsent(stream, any -> super.length(stream));
    }
  }

  private static final class MixesUpBytes extends BentBlobs {
    MixesUpBytes(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public Bytes read(String stream, long offset, int limit) {
      byte[] read = super.read(stream, offset, limit).toArray();
      if (read.length > 1_000 && limit < 10_000) {
        read[999] ^= 1;
      }
      return Bytes.owning(read);
    }
  }

  private static final class GivesNothing extends BentBlobs {
    GivesNothing(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public Bytes read(String stream, long offset, int limit) {
      return offset == 2 && limit == 4 ? Bytes.EMPTY : super.read(stream, offset, limit);
    }
  }

  private static final class CountsTooFar extends BentBlobs {
    CountsTooFar(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public Bytes read(String stream, long offset, int limit) {
      return super.read(stream, offset == Long.MAX_VALUE ? 0 : offset, limit);
    }
  }

  private static final class DoesNotTellNamesApart extends BentBlobs {
    DoesNotTellNamesApart(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public AppendOutcome append(String stream, long offset, Bytes chunk) {
      return super.append(stream.replace("7D0C", "7d0c"), offset, chunk);
    }
  }

  private static final class DoesNotLook extends BentBlobs {
    DoesNotLook(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public boolean awaitGrowth(String stream, long beyond, Duration patience)
        throws InterruptedException {
      return !patience.isZero() && super.awaitGrowth(stream, beyond, patience);
    }
  }

  private static final class SeesGrowthEverywhere extends BentBlobs {
    SeesGrowthEverywhere(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public boolean awaitGrowth(String stream, long beyond, Duration patience)
        throws InterruptedException {
      boolean unused = super.awaitGrowth(stream, beyond, patience);
      return true;
    }
  }

  private static final class SleepsOn extends BentBlobs {
    SleepsOn(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public boolean awaitGrowth(String stream, long beyond, Duration patience)
        throws InterruptedException {
      return !(server == 0 && beyond > 8) && super.awaitGrowth(stream, beyond, patience);
    }
  }

  private static final class DeafToOthers extends BentBlobs {
    DeafToOthers(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public boolean awaitGrowth(String stream, long beyond, Duration patience)
        throws InterruptedException {
      return !(server == 1 && beyond > 8) && super.awaitGrowth(stream, beyond, patience);
    }
  }

  private static final class SilentAboutItsEnd extends BentBlobs {
    SilentAboutItsEnd(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public boolean awaitGrowth(String stream, long beyond, Duration patience)
        throws InterruptedException {
      try {
        return super.awaitGrowth(stream, beyond, patience);
      } catch (IllegalStateException e) {
        return false;
      }
    }
  }

  private static final class KeepsWhatIsDeleted extends BentBlobs {
    KeepsWhatIsDeleted(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public void delete(String stream) {}
  }

  private static final class MissesWhatIsDeleted extends BentBlobs {
    MissesWhatIsDeleted(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public void delete(String stream) {
      if (length(stream) == 0) {
        throw new IllegalArgumentException("there is no " + stream);
      }
      super.delete(stream);
    }
  }

  private static final class PatternsForPrefixes extends BentBlobs {
    PatternsForPrefixes(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public int deleteAll(String prefix) {
      return super.deleteAll(prefix)
          + (prefix.contains("_") ? super.deleteAll(prefix.replace('_', 'X')) : 0);
    }
  }

  private static final class DeletesWithoutEnd extends BentBlobs {
    DeletesWithoutEnd(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public int deleteAll(String prefix) {
      int all = 0;
      for (int some = super.deleteAll(prefix); some > 0; some = super.deleteAll(prefix)) {
        all += some;
      }
      return all;
    }
  }

  private static final class TakesAnyName extends BentBlobs {
    TakesAnyName(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public AppendOutcome append(String stream, long offset, Bytes chunk) {
      return super.append(stream.replace(' ', '-'), offset, chunk);
    }
  }

  private static final class TakesNothingForAChunk extends BentBlobs {
    TakesNothingForAChunk(BlobStore whole, int server) {
      super(whole, server);
    }

    @Override
    public AppendOutcome append(String stream, long offset, Bytes chunk) {
      return chunk.isEmpty() ? new Appended(offset) : super.append(stream, offset, chunk);
    }
  }
}
