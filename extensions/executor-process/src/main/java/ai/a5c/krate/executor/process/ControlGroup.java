package ai.a5c.krate.executor.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The memory of a runner, bounded by the kernel. */
final class ControlGroup {
  private static final Logger LOGGER = System.getLogger(ControlGroup.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(5);

  /** What the versions of control groups call the same things. */
  enum Version {
    FIRST(
        "memory.limit_in_bytes",
        Map.of(),
        List.of("total_rss", "total_swap"),
        "memory.oom_control"),
    /** At its bound all of a group is ended, since a part of it may hold what none of it maps. */
    SECOND(
        "memory.max",
        Map.of("memory.swap.max", "0", "memory.oom.group", "1"),
        List.of("anon"),
        "memory.events");

    private final String bound;
    private final Map<String, String> others;
    private final List<String> used;
    private final String events;

    Version(String bound, Map<String, String> others, List<String> used, String events) {
      this.bound = bound;
      this.others = others;
      this.used = used;
      this.events = events;
    }

    String bound() {
      return bound;
    }
  }

  private final Version version;
  private final Path folder;

  ControlGroup(Version version, Path folder) {
    this.version = version;
    this.folder = folder;
  }

  /** Bounds what its processes and their files take together. */
  void bound(long bytes) throws IOException {
    for (Map.Entry<String, String> other : version.others.entrySet()) {
      Path file = folder.resolve(other.getKey());
      // Without swap, or with an older kernel, there is nothing to say.
      if (Files.exists(file)) {
        Files.writeString(file, other.getValue());
      }
    }
    Files.writeString(folder.resolve(version.bound), Long.toString(bytes));
  }

  /** The file through which a process enters it. */
  Path entrance() {
    return folder.resolve("cgroup.procs");
  }

  /** The memory of its processes, without files: those of the disk count there. */
  long memory() {
    return version.used.stream().mapToLong(name -> field("memory.stat", name)).sum();
  }

  /** How many of its processes the kernel has ended for want of memory. */
  long killed() {
    return field(version.events, "oom_kill");
  }

  /**
   * Waits for the last end in it. What the kernel kills there does not end in order, and holds
   * memory until it has.
   */
  void settle() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (busy() && System.nanoTime() - deadline < 0) {
      Thread.sleep(POLL);
    }
  }

  private boolean busy() {
    return version == Version.FIRST
        ? !lines("cgroup.procs").isEmpty()
        : field("cgroup.events", "populated") > 0;
  }

  /** Once its processes are gone. */
  void remove() {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "the control group " + folder + " stays until the next start", e);
    }
  }

  private long field(String file, String name) {
    for (String line : lines(file)) {
      if (line.startsWith(name + " ")) {
        return Long.parseLong(line.substring(name.length() + 1).strip());
      }
    }
    return 0;
  }

  private List<String> lines(String file) {
    try {
      return Files.readAllLines(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + folder, e);
    }
  }
}
