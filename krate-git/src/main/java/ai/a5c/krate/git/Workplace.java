package ai.a5c.krate.git;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which one running backend keeps what is not yet, or no longer, part of a
 * repository.
 *
 * <p>The folder is locked while its process lives, so that another process on the same disk can
 * tell what a crash has left behind, and removes only that.
 */
final class Workplace implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final String LIVE = "process-";

  /**
   * Workplaces of this process: opening and closing the lock file of one would let go of its lock.
   */
  private static final Set<Path> HERE = ConcurrentHashMap.newKeySet();

  private final Path all;
  private final Path folder;
  private final FileChannel lock;
  private final AtomicLong names = new AtomicLong();

  private Workplace(Path all, Path folder, FileChannel lock) {
    this.all = all;
    this.folder = folder;
    this.lock = lock;
  }

  /** Removes what dead processes left under a folder, and opens a new workplace there. */
  static Workplace open(Path all) throws IOException {
    DurableFiles.createFolders(all);
    Path unlocked = Files.createTempDirectory(all, "new-");
    FileChannel lock =
        FileChannel.open(
            unlocked.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    if (lock.tryLock() == null) {
      throw new IOException("cannot lock " + unlocked);
    }
    String name = LIVE + unlocked.getFileName().toString().substring("new-".length());
    Path folder = all.resolve(name);
    HERE.add(folder);
    Files.move(unlocked, folder);
    var workplace = new Workplace(all, folder, lock);
    workplace.removeDead();
    return workplace;
  }

  /** The name under which other processes can ask whether this one lives. */
  String name() {
    return folder.getFileName().toString();
  }

  /** A path in the workplace that nobody has used; nothing exists there yet. */
  Path fresh(String prefix) {
    return folder.resolve(prefix + "-" + names.incrementAndGet());
  }

  /** Whether the process with this workplace still runs. */
  boolean lives(String name) {
    if (name.equals(name())) {
      return true;
    }
    if (!name.startsWith(LIVE) || name.indexOf('/') >= 0) {
      return false;
    }
    return isLocked(all.resolve(name));
  }

  private static boolean isLocked(Path workplace) {
    if (HERE.contains(workplace)) {
      return true;
    }
    try (FileChannel channel =
        FileChannel.open(workplace.resolve(LOCK), StandardOpenOption.WRITE)) {
      @Nullable FileLock mine = channel.tryLock();
      return mine == null;
    } catch (IOException e) {
      return false;
    }
  }

  private void removeDead() throws IOException {
    for (Path other : DurableFiles.list(all, LIVE + "*")) {
      if (!isLocked(other)) {
        DurableFiles.deleteTree(other);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      DurableFiles.deleteTree(folder);
    } finally {
      lock.close();
      HERE.remove(folder);
    }
  }
}
