package ai.a5c.krate.executor.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of a runner, bounded by the kernel: a group of the first version of control groups.
 * Where there is none to write to, the processes are looked at instead.
 */
final class ControlGroup {
  private static final Logger LOGGER = System.getLogger(ControlGroup.class.getName());
  private static final String PREFIX = "krate-";

  /** What the kernel keeps for a runner beside what its processes and files hold. */
  private static final long SLACK = 32L << 20;

  private static final int MOST = 100_000;

  private final Path folder;

  private ControlGroup(Path folder) {
    this.folder = folder;
  }

  /** Where this process may make groups; empty if nowhere. */
  static Optional<Parent> parent(Host host) {
    Path root = host.groups().resolve("memory");
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
        String[] parts = line.split(":", 3);
        if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
          Path own = root.resolve(parts[2].substring(1));
          return Optional.of(Files.isDirectory(own) ? own : root)
              .filter(folder -> Files.isRegularFile(folder.resolve("memory.limit_in_bytes")))
              .filter(Files::isWritable)
              .map(Parent::new);
        }
      }
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "no control groups", e);
    }
    return Optional.empty();
  }

  /** A group that runners' groups are made in. */
  static final class Parent {
    private final Path folder;
    private final AtomicLong next = new AtomicLong();

    private Parent(Path folder) {
      this.folder = folder;
    }

    /** Removes the groups that processes left which are gone; one that is in use stays. */
    void sweep() {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, PREFIX + "*-*")) {
        for (Path group : all) {
          String rest = group.getFileName().toString().substring(PREFIX.length());
          String pid = rest.substring(0, rest.indexOf('-'));
          if (!Files.isDirectory(Path.of("/proc", pid))) {
            new ControlGroup(group).remove();
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        LOGGER.log(Level.DEBUG, "control groups that were left", e);
      }
    }

    /** A new one, empty if it cannot be made after all. */
    Optional<ControlGroup> create(long memoryBytes, long diskBytes) {
      for (int i = 0; i < MOST; i++) {
        String name = PREFIX + ProcessHandle.current().pid() + "-" + next.incrementAndGet();
        var group = new ControlGroup(folder.resolve(name));
        try {
          if (group.made()) {
            long limit = Math.addExact(Math.addExact(memoryBytes, diskBytes), SLACK);
            Files.writeString(group.folder.resolve("memory.limit_in_bytes"), Long.toString(limit));
            return Optional.of(group);
          }
        } catch (IOException | ArithmeticException e) {
          LOGGER.log(Level.WARNING, "no control group for a runner: " + e);
          group.remove();
          return Optional.empty();
        }
      }
      return Optional.empty();
    }
  }

  /** Whether it was not there yet: another executor of this process may have the name. */
  private boolean made() throws IOException {
    try {
      Files.createDirectory(folder);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** The file through which a process enters it. */
  Path entrance() {
    return folder.resolve("cgroup.procs");
  }

  /** The memory of its processes, without files: those of the disk count there. */
  long memory() {
    return field("memory.stat", "total_rss") + field("memory.stat", "total_swap");
  }

  /** How many of its processes the kernel has ended for want of memory. */
  long killed() {
    return field("memory.oom_control", "oom_kill");
  }

  /** Once its processes are gone; the kernel may still be busy with their ends. */
  void remove() {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "the control group " + folder + " stays until the next start", e);
    }
  }

  private long field(String file, String name) {
    try {
      for (String line : Files.readAllLines(folder.resolve(file))) {
        if (line.startsWith(name + " ")) {
          return Long.parseLong(line.substring(name.length() + 1).strip());
        }
      }
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + folder, e);
    }
  }
}
