package ai.a5c.krate.executor.process;

import java.io.IOException;
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
 * Where this process makes the groups of its runners: of the first version of control groups if the
 * kernel bounds memory with that, otherwise of the second. Where it may make none, the processes of
 * a runner are looked at instead.
 */
final class ControlGroups {
  private static final Logger LOGGER = System.getLogger(ControlGroups.class.getName());

  /** Why code of strangers does not run where there are none: it could take all memory. */
  static final String NONE =
      "Krate may make no control groups here, and so nothing bounds all memory that a job can take:"
          + " start it with \"systemd-run --user --scope ./krate serve\", or as root, or in a unit with"
          + " Delegate=yes";

  private static final Path OWN = Path.of("/proc/self/cgroup");
  private static final String PREFIX = "krate-";

  /** What the kernel keeps for a runner beside what its processes and files hold. */
  private static final long SLACK = 32L << 20;

  private static final int MOST = 100_000;

  private final ControlGroup.Version version;
  private final Path folder;
  private final AtomicLong next = new AtomicLong();

  private ControlGroups(ControlGroup.Version version, Path folder) {
    this.version = version;
    this.folder = folder;
  }

  /** Empty, and said in the log, if this process may make none. */
  static Optional<ControlGroups> of(Host host) {
    try {
      return Optional.of(find(host));
    } catch (IOException e) {
      LOGGER.log(
          Level.WARNING,
          "runners have no control groups, and so those of untrusted pools do not start, and other"
              + " jobs may take all memory of this host; docs/isolation.md says what it needs: "
              + e.getMessage());
      return Optional.empty();
    }
  }

  private static ControlGroups find(Host host) throws IOException {
    Path root = host.groups();
    Optional<String> second = Optional.empty();
    for (String line : Files.readAllLines(OWN)) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
        Path place = first(root.resolve("memory"), parts[2]);
        return new ControlGroups(ControlGroup.Version.FIRST, place);
      }
      if (line.startsWith("0::")) {
        second = Optional.of(parts[2]);
      }
    }
    if (second.isEmpty()) {
      throw new IOException("the kernel has none");
    }
    Path place = Delegation.prepared(root, second.get());
    return new ControlGroups(ControlGroup.Version.SECOND, place);
  }

  private static Path first(Path root, String name) throws IOException {
    Path own = root.resolve(name.substring(1));
    Path place = Files.isDirectory(own) ? own : root;
    Path bound = place.resolve(ControlGroup.Version.FIRST.bound());
    if (!Files.isRegularFile(bound) || !Files.isWritable(place)) {
      throw new IOException("this user may make none in " + place);
    }
    return place;
  }

  Path folder() {
    return folder;
  }

  ControlGroup.Version version() {
    return version;
  }

  /** Removes the groups that processes left which are gone; one that is in use stays. */
  void sweep() {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, PREFIX + "*-*")) {
      for (Path group : all) {
        String rest = group.getFileName().toString().substring(PREFIX.length());
        String pid = rest.substring(0, rest.indexOf('-'));
        if (!Files.isDirectory(Path.of("/proc", pid))) {
          new ControlGroup(version, group).remove();
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOGGER.log(Level.DEBUG, "control groups that were left", e);
    }
  }

  /** A new one, for a runner's memory and disk. */
  ControlGroup create(long memoryBytes, long diskBytes) throws IOException {
    var group = new ControlGroup(version, created());
    try {
      group.bound(sum(sum(memoryBytes, diskBytes), SLACK));
      return group;
    } catch (IOException e) {
      group.remove();
      throw e;
    }
  }

  /** Another executor of this process may have a name already. */
  private Path created() throws IOException {
    for (int i = 0; i < MOST; i++) {
      String name = PREFIX + ProcessHandle.current().pid() + "-" + next.incrementAndGet();
      try {
        return Files.createDirectory(folder.resolve(name));
      } catch (FileAlreadyExistsException e) {
        LOGGER.log(Level.DEBUG, "{0} is taken", name);
      }
    }
    throw new IOException("all names for control groups in " + folder + " are taken");
  }

  private static long sum(long one, long other) {
    return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
  }
}
