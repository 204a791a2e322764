package ai.a5c.krate.executor.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The place for the groups of runners in the second version of control groups: below the nearest
 * group of this process that systemd marked as given away (what it has to itself or shares with its
 * kind, so that bounds of a unit hold for its jobs); else below the highest that it may write to,
 * which is root's own for root, and that of the container in a container.
 *
 * <p>The kernel bounds groups in a group only if that has no processes itself. Those that are there
 * move into a group of their own.
 */
final class Delegation {
  private static final Logger LOGGER = System.getLogger(Delegation.class.getName());
  private static final String RUNNERS = "krate-runners";
  private static final String SERVER = "krate-server";
  private static final String PROCESSES = "cgroup.procs";
  private static final String CONTROLLERS = "cgroup.controllers";
  private static final String PASSED_ON = "cgroup.subtree_control";
  private static final String MEMORY = "memory";

  /** Who starts while others move is moved in the next round. */
  private static final int ROUNDS = 20;

  private Delegation() {}

  /**
   * A folder in which groups can be made whose memory is bounded.
   *
   * @param root where the groups are mounted
   * @param own the name of this process's group, as the kernel tells it
   * @throws IOException with the reason, if there is no place
   */
  static Path prepared(Path root, String own) throws IOException {
    if (!Files.isRegularFile(root.resolve(CONTROLLERS))) {
      throw new IOException("none are mounted at " + root);
    }
    Path start = root.resolve(own.substring(1)).normalize();
    Path place = place(root, start);
    warnOfBoundsBetween(start, place);
    if (!controllers(place.resolve(CONTROLLERS)).contains(MEMORY)) {
      throw new IOException("groups in " + place + " cannot bound memory");
    }
    if (!controllers(place.resolve(PASSED_ON)).contains(MEMORY)) {
      if (!isRoot(place)) {
        vacate(place);
      }
      passOn(place);
    }
    // One more: whoever else manages the place cannot take from it what is passed on below.
    Path runners = Files.createDirectories(place.resolve(RUNNERS));
    passOn(runners);
    return runners;
  }

  private static Path place(Path root, Path own) throws IOException {
    Optional<Path> highest = Optional.empty();
    for (Path group = own; group != null && group.startsWith(root); group = group.getParent()) {
      if (isWritable(group)) {
        if (isGivenAway(group)) {
          return group;
        }
        highest = Optional.of(group);
      }
    }
    return highest.orElseThrow(() -> new IOException("this user may make none in or above " + own));
  }

  /** Who bounded this process as a whole should know that its jobs are elsewhere. */
  private static void warnOfBoundsBetween(Path own, Path place) throws IOException {
    for (Path group = own; group != null && !group.equals(place); group = group.getParent()) {
      Path bound = group.resolve(ControlGroup.Version.SECOND.bound());
      if (Files.exists(bound) && !Files.readString(bound).strip().equals("max")) {
        LOGGER.log(
            Level.WARNING,
            "{0} does not bound jobs: their groups are in {1}; docs/isolation.md says how it could",
            bound,
            place);
      }
    }
  }

  private static boolean isWritable(Path group) {
    return Files.isWritable(group)
        && Files.isWritable(group.resolve(PROCESSES))
        && Files.isWritable(group.resolve(PASSED_ON));
  }

  /**
   * The mark of a unit with {@code Delegate=}, of systemd 251 and later, not always of a user's.
   */
  private static boolean isGivenAway(Path group) {
    try {
      return Files.getAttribute(group, "user:delegate") instanceof byte[] value
          && new String(value, StandardCharsets.US_ASCII).equals("1");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** The root of all, not that of a container: it alone may have processes and groups. */
  private static boolean isRoot(Path group) {
    return !Files.exists(group.resolve("cgroup.type"));
  }

  private static void vacate(Path group) throws IOException {
    Path entrance = Files.createDirectories(group.resolve(SERVER)).resolve(PROCESSES);
    for (int i = 0; i < ROUNDS; i++) {
      List<String> processes = Files.readAllLines(group.resolve(PROCESSES));
      if (processes.isEmpty()) {
        return;
      }
      for (String process : processes) {
        move(process, entrance);
      }
    }
  }

  private static void move(String process, Path entrance) {
    try {
      // Zero stands for a process that this one does not see, and means itself.
      if (!process.equals("0")) {
        Files.writeString(entrance, process);
      }
    } catch (IOException e) {
      // It has ended. If it stays for another reason, the kernel refuses what comes next.
    }
  }

  private static void passOn(Path group) throws IOException {
    try {
      Files.writeString(group.resolve(PASSED_ON), "+" + MEMORY);
    } catch (IOException e) {
      throw new IOException("groups in " + group + " cannot get a bound: " + e.getMessage(), e);
    }
  }

  private static List<String> controllers(Path file) throws IOException {
    return List.of(Files.readString(file).strip().split(" ", -1));
  }
}
