package ai.a5c.krate.postgres.embedded;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Where PostgreSQL writes its messages: one file of bounded size and the one before it. */
final class LogFile {
  static final long LARGEST = 4L << 20;
  private static final int TAIL = 2_000;

  private final Path file;

  LogFile(Path file) {
    this.file = file;
  }

  Path path() {
    return file;
  }

  /**
   * Puts a full file aside. PostgreSQL, which appends, keeps its hold of the emptied file; what it
   * writes between the two steps is lost.
   */
  void rotate() throws IOException {
    if (!Files.exists(file) || Files.size(file) <= LARGEST) {
      return;
    }
    Path before = file.resolveSibling(file.getFileName() + ".1");
    Files.copy(file, before, StandardCopyOption.REPLACE_EXISTING);
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
  }

  /** The last lines of a file, for a message. */
  static String tail(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.position(Math.max(0, channel.size() - TAIL));
      byte[] bytes = Channels.newInputStream(channel).readNBytes(TAIL);
      return new String(bytes, StandardCharsets.UTF_8).strip();
    }
  }
}
