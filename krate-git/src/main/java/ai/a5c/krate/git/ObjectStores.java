package ai.a5c.krate.git;

import ai.a5c.krate.api.meta.Uid;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.util.FS;

/**
 * The object folders of this process, each open once however many requests read it.
 *
 * <p>Idle ones stay open up to a bound, the least recently used are closed first.
 */
final class ObjectStores implements AutoCloseable {
  private final RepositoryFolders folders;
  private final PendingPacks pending;
  private final StoredConfig config;
  private final int idleBound;
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<Uid, Entry> open = new LinkedHashMap<>(16, 0.75f, true);

  ObjectStores(
      RepositoryFolders folders, PendingPacks pending, StoredConfig config, int idleBound) {
    this.folders = folders;
    this.pending = pending;
    this.config = config;
    this.idleBound = idleBound;
  }

  /** An object folder in use; it stays open at least until the lease is closed. */
  final class Lease implements AutoCloseable {
    private final Entry entry;

    private Lease(Entry entry) {
      this.entry = entry;
    }

    ObjectDirectory objects() {
      return entry.objects;
    }

    @Override
    public void close() {
      release(entry);
    }
  }

  private static final class Entry {
    final ObjectDirectory objects;
    int users;
    boolean dropped;

    Entry(ObjectDirectory objects) {
      this.objects = objects;
    }
  }

  /**
   * Opens the objects of a repository, tidying what a crash left there when it was not open before.
   */
  Lease lease(Uid repository) throws IOException {
    folders.require(repository);
    if (!isOpen(repository)) {
      pending.settleDead(folders.objects(repository));
    }
    lock.lock();
    try {
      Entry entry = open.get(repository);
      if (entry == null) {
        var objects =
            new ObjectDirectory(
                config, folders.objects(repository).toFile(), null, FS.DETECTED, null);
        entry = new Entry(objects);
        open.put(repository, entry);
      }
      entry.users++;
      closeIdle();
      return new Lease(entry);
    } finally {
      lock.unlock();
    }
  }

  private boolean isOpen(Uid repository) {
    lock.lock();
    try {
      return open.containsKey(repository);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Forgets what was read of a repository, because files that had been published are gone again.
   */
  void forget(Uid repository) {
    lock.lock();
    try {
      Entry entry = open.remove(repository);
      if (entry != null) {
        drop(entry);
      }
    } finally {
      lock.unlock();
    }
  }

  private void release(Entry entry) {
    lock.lock();
    try {
      entry.users--;
      if (entry.dropped && entry.users == 0) {
        entry.objects.close();
      }
    } finally {
      lock.unlock();
    }
  }

  private void closeIdle() {
    int excess = open.size() - idleBound;
    for (Iterator<Map.Entry<Uid, Entry>> all = open.entrySet().iterator();
        excess > 0 && all.hasNext(); ) {
      Entry entry = all.next().getValue();
      if (entry.users == 0) {
        all.remove();
        drop(entry);
        excess--;
      }
    }
  }

  private static void drop(Entry entry) {
    entry.dropped = true;
    if (entry.users == 0) {
      entry.objects.close();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      open.values().forEach(ObjectStores::drop);
      open.clear();
    } finally {
      lock.unlock();
    }
  }
}
