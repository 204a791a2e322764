package ai.a5c.krate.git;

import java.io.IOException;
import org.eclipse.jgit.attributes.Attribute;
import org.eclipse.jgit.attributes.Attribute.State;
import org.eclipse.jgit.attributes.Attributes;
import org.eclipse.jgit.dircache.DirCacheBuildIterator;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.merge.MergeAlgorithm;
import org.eclipse.jgit.merge.MergeAttributes;
import org.eclipse.jgit.merge.RecursiveMerger;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.WorkingTreeIterator;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;

/**
 * JGit's recursive merger within a {@link TreeBudget}: it holds an entry for each path of the
 * result in memory, also for those that no side changed.
 */
final class BoundedMerger extends RecursiveMerger {
  private static final int MOST_CONFLICTS = 1_000;

  private static final Attributes NO_TEXT = new Attributes(new Attribute("merge", State.UNSET));

  private static final MergeAttributes AS_BINARY =
      new MergeAttributes() {
        @Override
        public Attributes base() {
          return NO_TEXT;
        }

        @Override
        public Attributes ours() {
          return NO_TEXT;
        }

        @Override
        public Attributes theirs() {
          return NO_TEXT;
        }
      };

  private final TreeBudget merged = new TreeBudget();
  private final TreeBudget bases = new TreeBudget();

  BoundedMerger(ObjectInserter inserter, Config config) {
    super(inserter, config);
    mergeAlgorithm = new MergeAlgorithm(new BoundedDiff());
  }

  @Override
  protected boolean mergeTreeWalk(TreeWalk treeWalk, boolean ignoreConflicts) throws IOException {
    treeWalk.setFilter(merged.paying(treeWalk.getFilter()));
    return super.mergeTreeWalk(treeWalk, ignoreConflicts);
  }

  /**
   * Keeps no text of a conflict, and ends when there are enough of them. Of files that are too
   * large to be compared, changes of both sides are a conflict.
   */
  @Override
  protected boolean processEntry(
      CanonicalTreeParser base,
      CanonicalTreeParser ours,
      CanonicalTreeParser theirs,
      DirCacheBuildIterator index,
      WorkingTreeIterator work,
      boolean ignoreConflicts,
      MergeAttributes attributes)
      throws IOException {
    boolean large = areAllDifferent(base, ours, theirs) && isAnyLarge(base, ours, theirs);
    boolean goesOn =
        super.processEntry(
            base, ours, theirs, index, work, ignoreConflicts, large ? AS_BINARY : attributes);
    mergeResults.clear();
    return goesOn && unmergedPaths.size() < MOST_CONFLICTS;
  }

  private static boolean areAllDifferent(
      @Nullable CanonicalTreeParser base,
      @Nullable CanonicalTreeParser ours,
      @Nullable CanonicalTreeParser theirs) {
    return ours != null
        && theirs != null
        && !ours.idEqual(theirs)
        && (base == null || (!base.idEqual(ours) && !base.idEqual(theirs)));
  }

  private boolean isAnyLarge(@Nullable CanonicalTreeParser... sides) throws IOException {
    for (CanonicalTreeParser side : sides) {
      if (side != null
          && (side.getEntryRawMode() & FileMode.TYPE_MASK) == FileMode.TYPE_FILE
          && reader.getObjectSize(side.getEntryObjectId(), Constants.OBJ_BLOB)
              > BoundedDiff.LARGEST_TEXT) {
        return true;
      }
    }
    return false;
  }

  /**
   * Of several bases, JGit reads all paths of the first into memory before it merges the others.
   */
  @Override
  protected RevCommit getBaseCommit(RevCommit a, RevCommit b, int callDepth) throws IOException {
    walk.reset();
    walk.setRevFilter(RevFilter.MERGE_BASE);
    walk.markStart(a);
    walk.markStart(b);
    RevCommit first = walk.next();
    if (first != null && walk.next() != null) {
      measure(first);
    }
    return super.getBaseCommit(a, b, callDepth);
  }

  private void measure(RevCommit base) throws IOException {
    try (var paths = new TreeWalk(reader.newReader())) {
      paths.setRecursive(true);
      paths.setFilter(bases.paying(TreeFilter.ALL));
      paths.addTree(base.getTree());
      while (paths.next()) {
        // only the count matters
      }
    }
  }
}
