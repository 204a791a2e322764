package ai.a5c.krate.core.runner;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The room that {@link Workspaces} have on the disk, in a folder for each pipeline. May be used
 * from many threads at once.
 */
final class Shelf {
  /** How many are kept of one pipeline. */
  static final int MOST_OF_ONE = 20;

  private final Path folder;
  private final long mostBytes;
  private final long leastFree;

  /** Held to look for room, and to drop what is not in use. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Folders of which nothing is dropped for others. */
  private final Set<Path> inUse = new HashSet<>();

  /** At least what all files take; they are counted when that seems to be too much. */
  private long bytes;

  /**
   * Has so much room.
   *
   * @param mostBytes of all; of one pipeline, half of that
   * @param leastFree how much of the disk is left free
   */
  Shelf(Path folder, long mostBytes, long leastFree) {
    this.folder = folder;
    this.mostBytes = mostBytes;
    this.leastFree = leastFree;
    this.bytes = mostBytes;
  }

  /** The shelf of a server: 10 GiB, and 1 GiB stays free. */
  static Shelf of(Path folder) {
    return new Shelf(folder, 10L << 30, 1L << 30);
  }

  /** Leaves a folder alone until it is released. */
  void use(Path home) {
    lock.lock();
    try {
      inUse.add(home);
    } finally {
      lock.unlock();
    }
  }

  void release(Path home) {
    lock.lock();
    try {
      inUse.remove(home);
    } finally {
      lock.unlock();
    }
  }

  /** Removes a folder that is not in use. */
  void drop(Path home) throws IOException {
    lock.lock();
    try {
      if (!inUse.contains(home)) {
        remove(home);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes room for each byte before it is written, or throws what says why there is none. The
   * oldest of the pipeline go, but for the one before, and the oldest pipelines that are not in
   * use.
   */
  OutputStream bound(OutputStream out, Path home, int number) throws IOException {
    return new Bounded(out, home, number);
  }

  private void take(long more, FileStore disk) throws IOException {
    lock.lock();
    try {
      if (bytes + more > mostBytes || disk.getUsableSpace() - more < leastFree) {
        bytes = makeRoom(more, disk);
      }
      if (bytes + more > mostBytes) {
        throw new IOException(
            "the workspaces of the pipelines that run would take more than " + text(mostBytes));
      }
      if (disk.getUsableSpace() - more < leastFree) {
        throw new IOException("less than " + text(leastFree) + " of the disk would stay free");
      }
      bytes += more;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Drops the oldest that are not in use, some more than it takes now, for they are looked through
   * each time.
   *
   * @return what is left
   */
  private long makeRoom(long more, FileStore disk) throws IOException {
    record Kept(Path home, long bytes, long since) {}
    List<Kept> idle = new ArrayList<>();
    long all = 0;
    for (Path home : files(folder)) {
      long size = size(home);
      all += size;
      if (!inUse.contains(home)) {
        idle.add(new Kept(home, size, Files.getLastModifiedTime(home).toMillis()));
      }
    }
    idle.sort(Comparator.comparingLong(Kept::since));
    for (Kept one : idle) {
      if (all + more <= mostBytes - mostBytes / 16 && disk.getUsableSpace() - more >= leastFree) {
        break;
      }
      remove(one.home());
      all -= one.bytes();
    }
    return all;
  }

  /** What is in a folder: nothing, if it is not there. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static long size(Path home) throws IOException {
    long bytes = 0;
    for (Path file : files(home)) {
      try {
        bytes += Files.size(file);
      } catch (NoSuchFileException e) {
        // Its pipeline has dropped it just now.
      }
    }
    return bytes;
  }

  private static String text(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  /** In an order in which what is left, if this breaks off, does not pass for more than it is. */
  private static void remove(Path home) throws IOException {
    List<String> names =
        new ArrayList<>(files(home).stream().map(file -> file.getFileName().toString()).toList());
    names.sort(
        Comparator.comparing((String name) -> !name.endsWith(Workspaces.PACKED))
            .thenComparing(name -> !name.startsWith(Workspaces.BEFORE))
            .thenComparingInt(String::length)
            .thenComparing(Comparator.naturalOrder()));
    for (String name : names) {
      Files.deleteIfExists(home.resolve(name));
    }
    Files.deleteIfExists(home);
  }

  private final class Bounded extends FilterOutputStream {
    private final Path home;
    private final FileStore disk;

    /** What may be dropped of the same pipeline, the oldest first. */
    private final Deque<Path> older = new ArrayDeque<>();

    /** What the pipeline has, without this. */
    private long others;

    private long written;

    Bounded(OutputStream out, Path home, int number) throws IOException {
      super(out);
      this.home = home;
      this.disk = Files.getFileStore(home);
      for (int i = 0; i < number - 1; i++) {
        Path file = home.resolve(i + Workspaces.PACKED);
        if (Files.exists(file)) {
          older.add(file);
        }
      }
      while (older.size() > MOST_OF_ONE - 2) {
        Files.delete(older.remove());
      }
      this.others = size(home);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      while (others + written + length > mostBytes / 2) {
        if (older.isEmpty()) {
          throw new IOException(
              "this one and the one before it would take more than " + text(mostBytes / 2));
        }
        Files.delete(older.remove());
        others = size(home) - written;
      }
      take(length, disk);
      out.write(from, offset, length);
      written += length;
    }
  }
}
