package ai.a5c.krate.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** The disk under the data, and how often it makes something durable: no commit can be faster. */
final class Disk {
  private static final int FILE = 1024;
  private static final int BLOCK = 8 * 1024;
  private static final int BLOCKS = 1024;

  private final Path folder;
  private final Duration measure;

  Disk(Path folder, Duration measure) {
    this.folder = folder;
    this.measure = measure;
  }

  /** The file system that the folder is on. */
  String kind() {
    try {
      return Files.getFileStore(folder).type();
    } catch (IOException e) {
      return "unknown";
    }
  }

  /**
   * How often a small new file is made durable, by forcing it and then its folder. Files are left
   * in the folder, as packs are.
   */
  Sample newFiles() {
    try {
      Path files = Files.createTempDirectory(folder, "files");
      ByteBuffer block = ByteBuffer.allocateDirect(FILE);
      try (FileChannel parent = FileChannel.open(files, StandardOpenOption.READ)) {
        return Load.closed(
            1,
            Duration.ofMillis(100),
            measure,
            (client, number) -> {
              try (FileChannel file =
                  FileChannel.open(
                      files.resolve(Long.toString(number)),
                      StandardOpenOption.CREATE_NEW,
                      StandardOpenOption.WRITE)) {
                file.write(block.clear());
                file.force(true);
              }
              parent.force(true);
            });
      }
    } catch (IOException e) {
      throw new BenchmarkFailedException("the disk cannot be written to: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkFailedException("interrupted", e);
    }
  }

  /** The limit of what keeps files, as a part of a sentence. */
  String fileLimit() {
    return "one new file of 1 KiB and its folder forced: " + newFiles().text();
  }

  /** The limit of what keeps rows, as a part of a sentence. */
  String limit() {
    return "fdatasync of 8 KiB: " + syncs().text();
  }

  /** Overwrites blocks of a file that has its length already, as a database's log does. */
  Sample syncs() {
    Path file = folder.resolve("sync");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
      for (int i = 0; i < BLOCKS; i++) {
        channel.write(block.clear(), (long) i * BLOCK);
      }
      channel.force(true);
      return Load.closed(
          1,
          Duration.ofMillis(100),
          measure,
          (client, number) -> {
            channel.write(block.clear(), number % BLOCKS * BLOCK);
            channel.force(false);
          });
    } catch (IOException e) {
      throw new BenchmarkFailedException("the disk cannot be written to: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkFailedException("interrupted", e);
    }
  }
}
