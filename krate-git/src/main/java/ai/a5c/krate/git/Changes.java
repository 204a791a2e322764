package ai.a5c.krate.git;

import java.io.IOException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;

/** The files in which two trees differ, one after the other, within a {@link TreeBudget}. */
final class Changes implements AutoCloseable {
  private final TreeWalk walk;
  private boolean cut;

  /**
   * The changes from one tree to another.
   *
   * @param reader stays the caller's
   * @param before null for an empty tree
   */
  Changes(ObjectReader reader, @Nullable ObjectId before, ObjectId after) throws IOException {
    walk = new TreeWalk(reader);
    walk.setRecursive(true);
    walk.setFilter(new TreeBudget().paying(TreeFilter.ANY_DIFF));
    if (before == null) {
      walk.addTree(new EmptyTreeIterator());
    } else {
      walk.addTree(before);
    }
    walk.addTree(after);
  }

  /** Goes to the next file; false when there is none, or none that the budget reaches. */
  boolean next() throws IOException {
    try {
      return !cut && walk.next();
    } catch (TreeBudget.ExceededException e) {
      cut = true;
      return false;
    }
  }

  String path() {
    return walk.getPathString();
  }

  /** Whether the budget ended before the trees did. */
  boolean isCut() {
    return cut;
  }

  @Override
  public void close() {
    walk.close();
  }
}
