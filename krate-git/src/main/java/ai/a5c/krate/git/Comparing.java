package ai.a5c.krate.git;

import ai.a5c.krate.spi.git.Comparison;
import java.io.IOException;
import java.util.List;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.diff.Edit;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.util.io.NullOutputStream;
import org.jspecify.annotations.Nullable;

/** Counts what lies between two commits, within the bounds of {@link Comparison}. */
final class Comparing {
  private static final int MOST_COMMITS = 10_000;
  private static final int MOST_FILES = 3_000;

  private final ObjectReader reader;
  private final Config config;

  Comparing(ObjectReader reader, Config config) {
    this.reader = reader;
    this.config = config;
  }

  Comparison compare(RevWalk walk, RevCommit target, RevCommit head) throws IOException {
    RevCommit base = Merges.mergeBase(walk, target, head);
    ObjectId before = base == null ? null : walk.parseCommit(base).getTree();
    int commits = commits(walk, target, head);
    int files = 0;
    int[] lines = new int[2];
    try (var changes = new Changes(reader, before, walk.parseCommit(head).getTree())) {
      while (files < MOST_FILES && changes.next()) {
        files++;
      }
      if (files < MOST_FILES && !changes.isCut()) {
        lines = lines(before, head.getTree());
      }
    }
    return new Comparison(
        base == null ? null : Ids.krate(base), commits, files, lines[0], lines[1]);
  }

  private static int commits(RevWalk walk, RevCommit target, RevCommit head) throws IOException {
    walk.reset();
    walk.markStart(head);
    walk.markUninteresting(target);
    int commits = 0;
    while (commits < MOST_COMMITS && walk.next() != null) {
      commits++;
    }
    return commits;
  }

  /**
   * Lines added and deleted. A binary file has none, and neither has one too large to be compared.
   */
  private int[] lines(@Nullable ObjectId before, ObjectId after) throws IOException {
    var total = new int[2];
    try (var differ = new DiffFormatter(NullOutputStream.INSTANCE)) {
      differ.setReader(reader, config);
      differ.setDetectRenames(false);
      differ.setDiffAlgorithm(new BoundedDiff());
      differ.setBinaryFileThreshold(BoundedDiff.LARGEST_TEXT);
      List<DiffEntry> entries = differ.scan(before, after);
      for (DiffEntry entry : entries) {
        for (Edit edit : differ.toFileHeader(entry).toEditList()) {
          total[0] += edit.getLengthB();
          total[1] += edit.getLengthA();
        }
      }
    }
    return total;
  }
}
