package ai.a5c.krate.git;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jgit.diff.Edit;
import org.eclipse.jgit.diff.EditList;
import org.eclipse.jgit.diff.HashedSequence;
import org.eclipse.jgit.diff.HashedSequenceComparator;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.LowLevelDiffAlgorithm;
import org.eclipse.jgit.diff.Sequence;

/**
 * JGit's histogram difference, whose time grows with the square of the lines, within a bound: a
 * file of half a megabyte in which every other line changed would take minutes.
 *
 * <p>Small regions are compared as ever. A large one is divided first where a line that either side
 * has once is in both, as a patience difference does, in time that grows as sorting does. What
 * stays large, and what remains when the budget is used up, counts as replaced: a merge finds a
 * conflict there if both sides changed it. One instance is for one merge or comparison, whose files
 * share the budget, and is used by one thread.
 */
final class BoundedDiff extends LowLevelDiffAlgorithm {
  /** The largest text that is compared by lines; others are as binary files. */
  static final int LARGEST_TEXT = 8 << 20;

  /** A thousand lines on either side. */
  private static final long SMALL = 1_000_000;

  /** Some seconds, at 10 to 20 ns for each pair of lines. */
  private static final long BUDGET = 300_000_000;

  private static final int DEEPEST = 8;

  private final HistogramDiff histogram = new HistogramDiff();
  private final long small;
  private long budget;

  BoundedDiff() {
    this(SMALL, BUDGET);
  }

  /** With bounds in pairs of lines. */
  BoundedDiff(long small, long budget) {
    this.small = small;
    this.budget = budget;
  }

  @Override
  public <S extends Sequence> void diffNonCommon(
      EditList edits,
      HashedSequenceComparator<S> lines,
      HashedSequence<S> a,
      HashedSequence<S> b,
      Edit region) {
    divide(edits, lines, a, b, region, DEEPEST);
  }

  private <S extends Sequence> void divide(
      EditList edits,
      HashedSequenceComparator<S> lines,
      HashedSequence<S> a,
      HashedSequence<S> b,
      Edit region,
      int depth) {
    Edit changed = lines.reduceCommonStartEnd(a, b, region);
    if (changed.getType() != Edit.Type.REPLACE) {
      if (!changed.isEmpty()) {
        edits.add(changed);
      }
      return;
    }
    long pairs = (long) changed.getLengthA() * changed.getLengthB();
    List<int[]> anchors = pairs <= small || depth == 0 ? List.of() : anchors(lines, a, b, changed);
    if (anchors.isEmpty()) {
      if (pairs <= budget) {
        budget -= pairs;
        histogram.diffNonCommon(edits, lines, a, b, changed);
      } else {
        edits.add(changed);
      }
      return;
    }
    int beginA = changed.getBeginA();
    int beginB = changed.getBeginB();
    for (int[] anchor : anchors) {
      divide(edits, lines, a, b, new Edit(beginA, anchor[0], beginB, anchor[1]), depth - 1);
      beginA = anchor[0] + 1;
      beginB = anchor[1] + 1;
    }
    var rest = new Edit(beginA, changed.getEndA(), beginB, changed.getEndB());
    divide(edits, lines, a, b, rest, depth - 1);
  }

  /** The longest run, in the order of both sides, of lines that each side has once. */
  private static <S extends Sequence> List<int[]> anchors(
      HashedSequenceComparator<S> lines, HashedSequence<S> a, HashedSequence<S> b, Edit region) {
    long[] ofA = once(lines, a, region.getBeginA(), region.getEndA());
    long[] ofB = once(lines, b, region.getBeginB(), region.getEndB());
    int[] partner = new int[region.getLengthA()];
    Arrays.fill(partner, -1);
    for (int i = 0, j = 0; i < ofA.length && j < ofB.length; ) {
      int order = Integer.compare(hash(ofA[i]), hash(ofB[j]));
      if (order == 0 && lines.equals(a, line(ofA[i]), b, line(ofB[j]))) {
        partner[line(ofA[i]) - region.getBeginA()] = line(ofB[j]);
      }
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    return increasing(partner, region.getBeginA());
  }

  /** The lines whose hash no other line has, each with its hash above it, by hash. */
  private static <S extends Sequence> long[] once(
      HashedSequenceComparator<S> lines, HashedSequence<S> side, int begin, int end) {
    long[] all = new long[end - begin];
    for (int line = begin; line < end; line++) {
      all[line - begin] = (long) lines.hash(side, line) << 32 | line;
    }
    Arrays.sort(all);
    int count = 0;
    for (int i = 0; i < all.length; i++) {
      boolean alone =
          (i == 0 || hash(all[i - 1]) != hash(all[i]))
              && (i == all.length - 1 || hash(all[i + 1]) != hash(all[i]));
      if (alone) {
        all[count++] = all[i];
      }
    }
    return Arrays.copyOf(all, count);
  }

  private static int hash(long entry) {
    return (int) (entry >> 32);
  }

  private static int line(long entry) {
    return (int) entry;
  }

  /** The longest strictly increasing run of partners, as pairs of lines. */
  private static List<int[]> increasing(int[] partner, int beginA) {
    int[] previous = new int[partner.length];
    int[] ends = new int[partner.length]; // of the runs of each length, the smallest
    int longest = 0;
    for (int at = 0; at < partner.length; at++) {
      if (partner[at] < 0) {
        continue;
      }
      int low = 0;
      int high = longest;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (partner[ends[middle]] < partner[at]) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      previous[at] = low == 0 ? -1 : ends[low - 1];
      ends[low] = at;
      longest = Math.max(longest, low + 1);
    }
    var run = new ArrayList<int[]>(longest);
    for (int at = longest == 0 ? -1 : ends[longest - 1]; at >= 0; at = previous[at]) {
      run.add(new int[] {beginA + at, partner[at]});
    }
    return run.reversed();
  }
}
