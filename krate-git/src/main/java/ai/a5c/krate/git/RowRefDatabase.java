package ai.a5c.krate.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectIdRef;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefDatabase;
import org.eclipse.jgit.lib.RefRename;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.ReflogReader;
import org.eclipse.jgit.lib.SymbolicRef;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevTag;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * Ref rows as JGit reads them. JGit never writes a ref here: refs move in a transaction of the
 * store.
 *
 * <p>Made for one request, on one thread.
 */
final class RowRefDatabase extends RefDatabase {
  private final StoredRefs rows;
  private final RefName head;
  private final Supplier<ObjectReader> readers;
  private boolean listed = true;

  RowRefDatabase(StoredRefs rows, RefName head, Supplier<ObjectReader> readers) {
    this.rows = rows;
    this.head = head;
    this.readers = readers;
  }

  StoredRefs rows() {
    return rows;
  }

  /** Whether the list of all refs is answered; a fetch asks for it without need, and gets none. */
  void setListed(boolean listed) {
    this.listed = listed;
  }

  @Override
  public boolean performsAtomicTransactions() {
    return true;
  }

  @Override
  public @Nullable Ref exactRef(String name) {
    if (name.equals(Constants.HEAD)) {
      return new SymbolicRef(Constants.HEAD, branchOrUnborn());
    }
    return RefName.parse(name).flatMap(rows::at).map(id -> refTo(name, id)).orElse(null);
  }

  private Ref branchOrUnborn() {
    return rows.at(head)
        .map(id -> refTo(head.value(), id))
        .orElseGet(() -> new ObjectIdRef.Unpeeled(Ref.Storage.NEW, head.value(), null));
  }

  /**
   * A ref to an id; only tags may point to annotated tags, so all others need no look to be peeled.
   */
  private static Ref refTo(String name, ObjectId id) {
    var target = org.eclipse.jgit.lib.ObjectId.fromString(id.hex());
    return name.startsWith(Constants.R_HEADS) || name.startsWith(RefName.PULL)
        ? new ObjectIdRef.PeeledNonTag(Ref.Storage.PACKED, name, target)
        : new ObjectIdRef.Unpeeled(Ref.Storage.PACKED, name, target);
  }

  @Override
  public List<Ref> getRefs() {
    return listed ? getRefsByPrefix(ALL) : List.of();
  }

  @Override
  public List<Ref> getRefsByPrefix(String prefix) {
    return getRefsByPrefix(new String[] {prefix});
  }

  /** The refs under any of the prefixes; {@code HEAD} is what its branch is in the same answer. */
  @Override
  public List<Ref> getRefsByPrefix(String... prefixes) {
    var refs = new TreeMap<String, Ref>();
    boolean withHead = false;
    for (String prefix : prefixes) {
      withHead |= Constants.HEAD.startsWith(prefix);
      if (!prefix.equals(Constants.HEAD)) {
        for (Map.Entry<RefName, ObjectId> row : rows.each(prefix)) {
          refs.put(row.getKey().value(), refTo(row.getKey().value(), row.getValue()));
        }
      }
    }
    var all = new ArrayList<Ref>(refs.size() + 1);
    if (withHead) {
      Ref branch = refs.getOrDefault(head.value(), branchOrUnborn());
      if (branch.getObjectId() != null) {
        all.add(new SymbolicRef(Constants.HEAD, branch));
      }
    }
    all.addAll(refs.values());
    return all;
  }

  @Override
  @Deprecated
  public Map<String, Ref> getRefs(String prefix) {
    var refs = new TreeMap<String, Ref>();
    for (Ref ref : getRefsByPrefix(prefix)) {
      refs.put(ref.getName().substring(prefix.length()), ref);
    }
    return refs;
  }

  @Override
  public List<Ref> getAdditionalRefs() {
    return List.of();
  }

  @Override
  public Ref peel(Ref ref) throws IOException {
    Ref leaf = ref.getLeaf();
    if (leaf.isPeeled() || leaf.getObjectId() == null) {
      return ref;
    }
    try (ObjectReader reader = readers.get();
        var walk = new RevWalk(reader)) {
      RevObject target = walk.parseAny(leaf.getObjectId());
      Ref peeled =
          target instanceof RevTag
              ? new ObjectIdRef.PeeledTag(
                  leaf.getStorage(), leaf.getName(), leaf.getObjectId(), walk.peel(target).copy())
              : new ObjectIdRef.PeeledNonTag(leaf.getStorage(), leaf.getName(), leaf.getObjectId());
      return ref.isSymbolic() ? new SymbolicRef(ref.getName(), peeled) : peeled;
    } catch (MissingObjectException e) {
      return ref;
    }
  }

  @Override
  public boolean isNameConflicting(String name) {
    return false;
  }

  @Override
  public RefUpdate newUpdate(String name, boolean detach) {
    throw readOnly();
  }

  @Override
  public RefRename newRename(String fromName, String toName) {
    throw readOnly();
  }

  @Override
  public ReflogReader getReflogReader(Ref ref) {
    throw readOnly();
  }

  private static UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException("refs move in transactions of the store");
  }

  @Override
  public void create() {}

  @Override
  public void close() {}
}
