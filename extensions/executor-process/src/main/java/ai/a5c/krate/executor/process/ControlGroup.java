package ai.a5c.krate.executor.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The memory of a runner, bounded by the kernel. */
final class ControlGroup {
  private static final Logger LOGGER = System.getLogger(ControlGroup.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(5);

  /** What the versions of control groups call the same things. */
  enum Version {
    FIRST("memory.limit_in_bytes", "total_rss", "memory.oom_control"),
    SECOND("memory.max", "anon", "memory.events");

    private final String bound;
    private final String anonymous;
    private final String events;

    Version(String bound, String anonymous, String events) {
      this.bound = bound;
      this.anonymous = anonymous;
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
    if (version == Version.SECOND) {
      set("memory.swap.max", "0");
      // All end together: what takes memory may be nobody's in particular.
      set("memory.oom.group", "1");
    }
    Files.writeString(folder.resolve(version.bound), Long.toString(bytes));
  }

  /** A kernel without swap does not have every file. */
  private void set(String file, String value) throws IOException {
    if (Files.exists(folder.resolve(file))) {
      Files.writeString(folder.resolve(file), value);
    }
  }

  /** The file through which a process enters it. */
  Path entrance() {
    return folder.resolve("cgroup.procs");
  }

  /** The memory of its processes, without files: those of the disk count there. */
  long memory() {
    // The second version has no such name for swap, and these groups have none of it.
    return field("memory.stat", version.anonymous) + field("memory.stat", "total_swap");
  }

  /** How many of its processes the kernel has ended for want of memory. */
  long killed() {
    return field(version.events, "oom_kill");
  }

  /**
   * Waits for the last end in it, up to half a minute; the kernel tells nobody of it in the first
   * version. What it kills there does not end in order, and holds memory until it has.
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
