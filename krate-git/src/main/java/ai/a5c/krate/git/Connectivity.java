package ai.a5c.krate.git;

import ai.a5c.krate.api.git.RefName;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.revwalk.RevBlob;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;

/**
 * Whether a push is whole: every object that a received object refers to is received too, or
 * settled in the repository, and is of the type it is said to be.
 *
 * <p>This holds for all received objects, wanted or not, so a repository whose objects came by
 * pushes never has an object without those it refers to. What a push builds on but did not bring is
 * therefore only looked at as far as needed: commits that no known ref points to are walked, down
 * to what refs reach. The cost is that of the push, not of the repository's refs or history. Used
 * by one thread.
 */
final class Connectivity {
  private static final int REFS_COMPARED = 100_000;
  private static final int REFS_WALKED = 1_000;
  private static final long POLL_NANOS = 2_000_000;
  private static final int POLLS = 5_000;

  private final ReceivedObjects received;
  private final ObjectDirectory repository;
  private final Set<Pack> settled = new HashSet<>();

  Connectivity(ReceivedObjects received, ObjectDirectory repository) {
    this.received = received;
    this.repository = repository;
  }

  /**
   * Checks the received objects and the tips.
   *
   * @param tips what refs shall point to
   * @param known where refs that the push names, and the default branch, point now
   * @param rows all refs, read only if {@code known} is not enough
   * @throws MissingObjectException if an object is neither received nor settled
   * @throws CorruptObjectException if an object is of another type than it is said to be
   */
  void check(Collection<ObjectId> tips, Set<ObjectId> known, StoredRefs rows) throws IOException {
    var built = new HashSet<ObjectId>();
    try (ObjectReader reader = repository.newReader()) {
      for (ReceivedObjects.Seen object : received.all()) {
        if (object.isReferred()) {
          checkType(object, reader);
        }
        if (!object.isReceived() && object.isReferredAs(Constants.OBJ_COMMIT)) {
          built.add(object.copy());
        }
      }
    }
    for (ObjectId tip : tips) {
      if (!received.contains(tip)) {
        requireSettled(tip, Constants.OBJ_BAD);
        built.add(tip);
      }
    }
    built.removeAll(known);
    if (!built.isEmpty()) {
      walk(built, new HashSet<>(known), rows);
    }
  }

  private void checkType(ReceivedObjects.Seen object, ObjectReader reader) throws IOException {
    int type;
    if (object.isReceived()) {
      type = object.receivedType();
    } else {
      requireSettled(object, Constants.OBJ_BAD);
      type = reader.open(object).getType();
    }
    if (!object.agreesWith(type)) {
      throw new CorruptObjectException(
          object, "is a " + Constants.typeString(type) + ", but is referred to as something else");
    }
  }

  private void requireSettled(AnyObjectId id, int type) throws IOException {
    if (isSettled(id)) {
      return;
    }
    for (int poll = 0; repository.has(id) && poll < POLLS; poll++) {
      if (isSettled(id)) {
        return;
      }
      LockSupport.parkNanos(POLL_NANOS); // another push is committing what this one builds on
      if (Thread.currentThread().isInterrupted()) {
        break;
      }
    }
    if (!isSettled(id)) {
      throw new MissingObjectException(
          id.copy(), type == Constants.OBJ_BAD ? "object" : Constants.typeString(type));
    }
  }

  private boolean isSettled(AnyObjectId id) throws IOException {
    for (Pack pack : settled) {
      if (pack.hasObject(id)) {
        return true;
      }
    }
    for (Pack pack : repository.getPacks()) {
      if (!settled.contains(pack)
          && hasObject(pack, id)
          && PendingPacks.isSettled(pack.getPackFile().toPath())) {
        settled.add(pack);
        return true;
      }
    }
    return repository.fileFor(id).isFile();
  }

  private static boolean hasObject(Pack pack, AnyObjectId id) throws IOException {
    try {
      return pack.hasObject(id);
    } catch (FileNotFoundException | NoSuchFileException withdrawn) {
      return false;
    }
  }

  /**
   * Finds refs that reach the objects, or else proves that everything below the objects is there.
   */
  private void walk(Set<ObjectId> built, Set<ObjectId> known, StoredRefs rows) throws IOException {
    int compared = 0;
    for (Map.Entry<RefName, ai.a5c.krate.api.git.ObjectId> ref : rows.each("refs/")) {
      if (built.isEmpty() || compared++ == REFS_COMPARED) {
        break;
      }
      ObjectId target = ObjectId.fromString(ref.getValue().hex());
      built.remove(target);
      if (known.size() < REFS_WALKED) {
        known.add(target);
      }
    }
    if (built.isEmpty()) {
      return;
    }
    try (ObjectReader reader = repository.newReader();
        var walk = new ObjectWalk(reader)) {
      walk.setRetainBody(false);
      for (ObjectId id : built) {
        walk.markStart(walk.parseAny(id));
      }
      for (ObjectId id : known) {
        if (repository.has(id)) {
          walk.markUninteresting(walk.parseAny(id));
        }
      }
      RevCommit commit;
      do {
        commit = walk.next(); // parses it, and so proves that it is there
      } while (commit != null);
      for (RevObject object = walk.nextObject(); object != null; object = walk.nextObject()) {
        if (object instanceof RevBlob && !repository.has(object)) {
          throw new MissingObjectException(object, Constants.TYPE_BLOB);
        }
      }
    }
  }
}
