package ai.a5c.krate.postgres.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the file {@code postmaster.pid} of a data folder says, by the lines that PostgreSQL
 * documents for it in {@code miscadmin.h}.
 *
 * @param pid of the postmaster that wrote it, which may be long gone
 * @param status {@code starting}, {@code ready} and so on; empty while it is still being written
 */
record PidFile(long pid, String status) {
  private static final int STATUS_LINE = 7;

  static Path of(Path data) {
    return data.resolve("postmaster.pid");
  }

  /** Reads it; empty if there is none or it is not yet complete enough to name a process. */
  static Optional<PidFile> read(Path data) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(of(data));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try {
      long pid = Math.abs(Long.parseLong(lines.isEmpty() ? "" : lines.getFirst().strip()));
      String status = lines.size() > STATUS_LINE ? lines.get(STATUS_LINE).strip() : "";
      return Optional.of(new PidFile(pid, status));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
