package ai.a5c.krate.git;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSubclassMap;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevTag;
import org.eclipse.jgit.revwalk.RevTree;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * Which objects are reached from refs, by a walk from the refs towards the past that ends when all
 * are found.
 *
 * <p>A walk from the objects, with the refs as uninteresting, would be shorter for what no ref
 * reaches. But it trusts the dates of commits, and calls reachable commits unreachable where a
 * clock was wrong or somebody pushed older commits onto a newer merge. Used by one thread, once.
 */
final class Reachability {
  /**
   * Trees that are remembered in order not to be read again. What only commits before a million
   * different folders hold is not found, so that nobody can fill the memory of the server.
   */
  private static final int MOST_TREES = 1_000_000;

  private final ObjectReader reader;
  private final ObjectIdSubclassMap<ObjectId> seen = new ObjectIdSubclassMap<>();

  Reachability(ObjectReader reader) {
    this.reader = reader;
  }

  /** Those of the wanted objects that no tip reaches, among them those that do not exist. */
  Set<ObjectId> unreached(Set<ObjectId> wanted, Stream<ObjectId> tips) throws IOException {
    Set<ObjectId> left = new HashSet<>(wanted);
    try (var walk = new RevWalk(reader)) {
      walk.setRetainBody(false);
      boolean inTrees = false;
      for (ObjectId id : wanted) {
        try {
          inTrees |= !(walk.parseAny(id) instanceof RevCommit);
        } catch (MissingObjectException e) {
          return Set.of(id);
        }
      }
      for (Iterator<ObjectId> each = tips.iterator(); each.hasNext(); ) {
        start(walk, each.next(), left);
      }
      for (RevCommit at = walk.next(); at != null && !left.isEmpty(); at = walk.next()) {
        left.remove(at);
        if (inTrees) {
          search(at.getTree(), left);
        }
      }
    }
    return left;
  }

  /** Begins at a tip; one that is not there reaches nothing. */
  private void start(RevWalk walk, ObjectId tip, Set<ObjectId> left) throws IOException {
    try {
      RevObject at = walk.parseAny(tip);
      left.remove(at);
      while (at instanceof RevTag tag) {
        at = walk.parseAny(tag.getObject());
        left.remove(at);
      }
      if (at instanceof RevCommit commit) {
        walk.markStart(commit);
      } else if (at instanceof RevTree tree) {
        search(tree, left);
      }
    } catch (MissingObjectException e) {
      return;
    }
  }

  private void search(ObjectId root, Set<ObjectId> left) throws IOException {
    var folders = new ArrayDeque<ObjectId>();
    enter(root, folders);
    while (!folders.isEmpty() && !left.isEmpty()) {
      ObjectId folder = folders.pop();
      left.remove(folder);
      var entries = new CanonicalTreeParser();
      for (entries.reset(reader, folder); !entries.eof(); entries.next(1)) {
        int mode = entries.getEntryRawMode();
        if (FileMode.TREE.equals(mode)) {
          enter(entries.getEntryObjectId(), folders);
        } else if (!FileMode.GITLINK.equals(mode)) { // which reaches a commit of elsewhere
          left.remove(entries.getEntryObjectId());
        }
      }
    }
  }

  private void enter(ObjectId folder, ArrayDeque<ObjectId> folders) {
    if (!seen.contains(folder) && seen.size() < MOST_TREES) {
      ObjectId remembered = folder.copy();
      seen.add(remembered);
      folders.push(remembered);
    }
  }
}
