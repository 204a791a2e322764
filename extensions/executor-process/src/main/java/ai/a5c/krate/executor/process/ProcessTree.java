package ai.a5c.krate.executor.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The processes of the host below one of them, as the kernel shows them. Nobody leaves the tree of
 * a step: whoever loses its parent becomes a child of the step's first process.
 */
final class ProcessTree {
  private static final Path PROC = Path.of("/proc");
  private static final int MOST = 100_000;
  private static final long KIB = 1024;

  private ProcessTree() {}

  static List<Long> children(long pid) {
    List<Long> children = new ArrayList<>();
    Path tasks = PROC.resolve(pid + "/task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        for (String child : read(thread.resolve("children")).split(" ", -1)) {
          if (!child.isBlank()) {
            children.add(Long.valueOf(child.strip()));
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // It has ended, and then it has no children.
    }
    return children;
  }

  /** The memory that the processes below one use and nobody else does. */
  static long memoryBelow(long pid) {
    long bytes = 0;
    int seen = 0;
    var open = new ArrayDeque<Long>(children(pid));
    while (!open.isEmpty() && seen++ < MOST) {
      long next = open.pop();
      bytes += memory(next);
      open.addAll(children(next));
    }
    return bytes;
  }

  /** When a process began, in ticks since the host did; empty if there is no such process. */
  static Optional<String> begin(long pid) {
    String stat = read(PROC.resolve(pid + "/stat"));
    int name = stat.lastIndexOf(')');
    String[] fields = stat.substring(name + 1).strip().split(" ", -1);
    // The state is field 3 of the file, the begin field 22.
    return name < 0 || fields.length < 20 ? Optional.empty() : Optional.of(fields[19]);
  }

  private static long memory(long pid) {
    String status = read(PROC.resolve(pid + "/status"));
    long own = kib(status, "RssAnon:") + kib(status, "VmSwap:");
    long shared = kib(status, "RssShmem:");
    if (shared > 0) {
      // Of what several processes map, each counts its part.
      String parts = read(PROC.resolve(pid + "/smaps_rollup"));
      shared = parts.isEmpty() ? shared : kib(parts, "Pss_Shmem:");
    }
    return (own + shared) * KIB;
  }

  private static long kib(String text, String name) {
    int at = text.indexOf("\n" + name);
    if (at < 0) {
      return 0;
    }
    int end = text.indexOf('\n', at + 1);
    String value = text.substring(at + 1 + name.length(), end < 0 ? text.length() : end);
    return Long.parseLong(value.replace("kB", "").strip());
  }

  /** Nothing if the process has ended. */
  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
