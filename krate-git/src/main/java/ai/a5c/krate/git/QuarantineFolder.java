package ai.a5c.krate.git;

import ai.a5c.krate.spi.git.UnknownRepositoryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/**
 * New objects of one push or merge, as packs in a folder of their own, until they are published or
 * discarded.
 *
 * <p>Published packs get names of their own rather than names of their content, so that two pushes
 * of the same objects never own the same file. Used by one thread.
 */
final class QuarantineFolder implements AutoCloseable {
  private final Path folder;
  private final Path repositoryObjects;
  private final PendingPacks pending;
  private final FailPoint failPoint;
  private final List<String> announced = new ArrayList<>();
  private boolean published;
  private boolean kept;

  QuarantineFolder(Path folder, Path repositoryObjects, PendingPacks pending, FailPoint failPoint) {
    this.folder = folder;
    this.repositoryObjects = repositoryObjects;
    this.pending = pending;
    this.failPoint = failPoint;
  }

  /** The object folder that received objects are written to. */
  Path objects() {
    return folder.resolve("objects");
  }

  /**
   * Makes the objects part of the repository, durably, though pending. Calling it again does
   * nothing.
   *
   * <p>The order is: mark, content, names, folder; so that whatever a power failure leaves is
   * marked.
   */
  void publish() throws IOException {
    if (published) {
      return;
    }
    List<Path> packs = DurableFiles.list(objects().resolve("pack"), "pack-*.pack");
    Path target = repositoryObjects.resolve("pack");
    if (!packs.isEmpty() && !Files.isDirectory(target)) {
      throw new UnknownRepositoryException("the repository was deleted");
    }
    for (Path pack : packs) {
      String hash = uniqueHash(pack);
      announced.add(hash);
      pending.announce(target, hash);
      Path index = pack.resolveSibling(stem(pack) + ".idx");
      DurableFiles.force(pack);
      DurableFiles.force(index);
      move(pack, target.resolve("pack-" + hash + ".pack"));
      move(index, target.resolve("pack-" + hash + ".idx"));
    }
    if (!packs.isEmpty()) {
      DurableFiles.force(target);
    }
    published = true;
    failPoint.reached(FailPoint.AFTER_FSYNC);
  }

  boolean isPublished() {
    return published;
  }

  /** Whether closing would take away packs that others may have seen. */
  boolean willWithdraw() {
    return !kept && !announced.isEmpty();
  }

  /** The refs have moved: the packs are settled. */
  void keep() throws IOException {
    kept = true;
    for (String hash : announced) {
      pending.settle(repositoryObjects.resolve("pack"), hash);
    }
  }

  /** The refs may have moved: the packs stay. */
  void keepUndecided() throws IOException {
    kept = true;
    for (String hash : announced) {
      pending.keepMarked(repositoryObjects.resolve("pack"), hash);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (!kept) {
        for (String hash : announced) {
          pending.withdraw(repositoryObjects.resolve("pack"), hash);
        }
      }
    } finally {
      DurableFiles.deleteTree(folder);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private String uniqueHash(Path pack) {
    var digest = Constants.newMessageDigest();
    digest.update(folder.toString().getBytes(StandardCharsets.UTF_8));
    digest.update(pack.getFileName().toString().getBytes(StandardCharsets.UTF_8));
    return ObjectId.fromRaw(digest.digest()).name();
  }

  private static String stem(Path pack) {
    String name = pack.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }
}
