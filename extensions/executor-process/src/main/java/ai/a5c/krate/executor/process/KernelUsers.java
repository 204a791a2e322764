package ai.a5c.krate.executor.process;

import ai.a5c.krate.spi.executor.ExecutorFailedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The users of the kernel that runners run as. Two runners that live never share one: within this
 * process because a set says which are taken, and with other processes of this host because each
 * holds the lock of a block of its own, which the kernel gives up when the process ends.
 *
 * <p>Only root can give a runner users of its own. The runners of an ordinary user all run as that
 * user, each in a user namespace of its own.
 */
abstract sealed class KernelUsers implements AutoCloseable {
  /**
   * Above what distributions, containers and systemd give out, and below what a signed number can
   * hold.
   */
  private static final int FIRST = 1_900_000_000;

  private static final int BLOCKS = 100;
  private static final int RUNNERS = 1_000;
  private static final int USERS = 2;

  /** A process that closes a file gives up every lock that it has on it, by another channel too. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  /** Those of this process: users of their own for root, itself for everybody else. */
  static KernelUsers of(Path locks) throws IOException {
    int user = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    int group = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:gid");
    if (user == 0 && mapped("/proc/self/uid_map") && mapped("/proc/self/gid_map")) {
      return Own.claim(locks);
    }
    return new Shared(user, group);
  }

  /** Takes users for a runner, which nobody else has until they are given back. */
  abstract Users take();

  abstract void giveBack(Users users);

  @Override
  public abstract void close();

  /**
   * Of one runner.
   *
   * @param userMap what the kernel is told: the users inside, and who they are outside
   * @param job who a job is inside
   * @param own whether no other runner has them
   */
  record Users(String userMap, String groupMap, int job, boolean own, int slot) {}

  /** Whether this process knows all the users that runners could get. */
  private static boolean mapped(String map) throws IOException {
    for (String line : Files.readAllLines(Path.of(map))) {
      List<Long> numbers = List.of(line.strip().split(" +")).stream().map(Long::valueOf).toList();
      long end = FIRST + (long) BLOCKS * RUNNERS * USERS;
      if (numbers.get(0) <= FIRST && numbers.get(0) + numbers.get(2) >= end) {
        return true;
      }
    }
    return false;
  }

  private static final class Own extends KernelUsers {
    private static final int JOB = 1000;

    private final Path file;
    private final FileChannel channel;
    private final int first;
    private final BitSet taken = new BitSet(RUNNERS);

    private Own(Path file, FileChannel channel, int first) {
      this.file = file;
      this.channel = channel;
      this.first = first;
    }

    static Own claim(Path locks) throws IOException {
      Path folder = Files.createDirectories(locks).toRealPath();
      for (int block = 0; block < BLOCKS; block++) {
        Path file = folder.resolve("users-" + block);
        if (HELD.add(file)) {
          FileChannel channel =
              FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock();
          if (lock != null) {
            return new Own(file, channel, FIRST + block * RUNNERS * USERS);
          }
          channel.close();
          HELD.remove(file);
        }
      }
      throw new ExecutorFailedException(
          "all " + BLOCKS + " blocks of users in " + locks + " are taken by other processes");
    }

    @Override
    synchronized Users take() {
      int slot = taken.nextClearBit(0);
      if (slot >= RUNNERS) {
        throw new ExecutorFailedException(RUNNERS + " runners live already");
      }
      taken.set(slot);
      int user = first + slot * USERS;
      String map = "0 %d 1\n%d %d 1\n".formatted(user, JOB, user + 1);
      return new Users(map, map, JOB, true, slot);
    }

    @Override
    synchronized void giveBack(Users users) {
      taken.clear(users.slot());
    }

    @Override
    public void close() {
      try {
        channel.close();
        HELD.remove(file);
      } catch (IOException e) {
        throw new ExecutorFailedException("the lock of the runners' users cannot be freed", e);
      }
    }
  }

  private static final class Shared extends KernelUsers {
    private final Users users;

    private Shared(int user, int group) {
      this.users = new Users("0 %d 1\n".formatted(user), "0 %d 1\n".formatted(group), 0, false, 0);
    }

    @Override
    Users take() {
      return users;
    }

    @Override
    void giveBack(Users given) {}

    @Override
    public void close() {}
  }
}
