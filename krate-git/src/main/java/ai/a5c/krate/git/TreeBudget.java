package ai.a5c.krate.git;

import java.io.IOException;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/**
 * How much of trees one piece of work looks at: entries, folders and what is skipped among them.
 *
 * <p>A tree may hold another one under many names, so a push of a few small objects can mean more
 * paths than anybody could count. Walks therefore have a bound of their own, whatever pushes may
 * send. Used by one thread.
 */
final class TreeBudget {
  /** Twice the paths of the largest repositories that people work in. */
  private static final int MOST_ENTRIES = 1_000_000;

  /** A merge holds every path in memory. */
  private static final long MOST_PATH_BYTES = 64L << 20;

  /** As {@code core.maxTreeDepth} of Git; what is made of trees is made by recursion. */
  private static final int MOST_DEPTH = 2_048;

  private int entries;
  private long pathBytes;

  /** More than the budget. */
  static final class ExceededException extends IOException {
    private static final long serialVersionUID = 1L;

    ExceededException(String why) {
      super(why);
    }
  }

  /** Pays for the entry that the walk is at. */
  void visit(TreeWalk at) throws ExceededException {
    if (++entries > MOST_ENTRIES) {
      throw new ExceededException("more than " + MOST_ENTRIES + " files and folders");
    }
    pathBytes += at.getPathLength();
    if (pathBytes > MOST_PATH_BYTES) {
      throw new ExceededException("paths of more than " + MOST_PATH_BYTES + " bytes together");
    }
    if (at.getDepth() > MOST_DEPTH) {
      throw new ExceededException("folders nested more than " + MOST_DEPTH + " deep");
    }
  }

  /** A filter that pays for each entry that it is asked about, even for those that it skips. */
  TreeFilter paying(TreeFilter filter) {
    return new Paying(filter);
  }

  private final class Paying extends TreeFilter {
    private final TreeFilter filter;

    Paying(TreeFilter filter) {
      this.filter = filter;
    }

    @Override
    public boolean include(TreeWalk walker) throws IOException {
      visit(walker);
      return filter.include(walker);
    }

    @Override
    public boolean shouldBeRecursive() {
      return filter.shouldBeRecursive();
    }

    @SuppressWarnings("MissingSuperCall") // as all filters of JGit
    @Override
    public TreeFilter clone() {
      return new Paying(filter.clone());
    }
  }
}
