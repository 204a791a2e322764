package ai.a5c.krate.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.eclipse.jgit.diff.DiffAlgorithm;
import org.eclipse.jgit.diff.Edit;
import org.eclipse.jgit.diff.EditList;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;
import org.junit.jupiter.api.Test;

class BoundedDiffTest {
  private static RawText text(List<?> lines) {
    return new RawText(
        lines.stream()
            .map(line -> line + "\n")
            .collect(Collectors.joining())
            .getBytes(StandardCharsets.UTF_8));
  }

  private static EditList edits(DiffAlgorithm algorithm, List<?> before, List<?> after) {
    return algorithm.diff(RawTextComparator.DEFAULT, text(before), text(after));
  }

  private static List<Object> applied(EditList edits, List<?> before, List<?> after) {
    var result = new ArrayList<Object>();
    int at = 0;
    for (Edit edit : edits) {
      result.addAll(before.subList(at, edit.getBeginA()));
      result.addAll(after.subList(edit.getBeginB(), edit.getEndB()));
      at = edit.getEndA();
    }
    result.addAll(before.subList(at, before.size()));
    return result;
  }

  @Property
  void theEditsMakeOneTextOfTheOtherWhateverTheBounds(
      @ForAll @Size(max = 40) List<@IntRange(max = 30) Integer> before,
      @ForAll @Size(max = 40) List<@IntRange(max = 30) Integer> after,
      @ForAll @IntRange(max = 100) int small,
      @ForAll @IntRange(max = 2_000) int budget) {
    EditList edits = edits(new BoundedDiff(small, budget), before, after);
    assertThat(applied(edits, before, after)).isEqualTo(List.<Object>copyOf(after));
  }

  @Property
  void withinTheBoundsTheEditsAreThoseOfTheHistogram(
      @ForAll @Size(max = 40) List<@IntRange(max = 9) Integer> before,
      @ForAll @Size(max = 40) List<@IntRange(max = 9) Integer> after) {
    assertThat(edits(new BoundedDiff(), before, after))
        .isEqualTo(edits(new HistogramDiff(), before, after));
  }

  @Test
  void linesThatBothSidesHaveOnceDivideALargeRegion() {
    List<String> before = List.of("a", "x", "b", "x", "c", "x", "d");
    List<String> after = List.of("y", "a", "y", "b", "c", "y", "y", "d", "y");
    assertThat(edits(new BoundedDiff(0, 100), before, after))
        .containsExactly(
            new Edit(0, 0, 0, 1),
            new Edit(1, 2, 2, 3),
            new Edit(3, 4, 4, 4),
            new Edit(5, 6, 5, 7),
            new Edit(7, 7, 8, 9));
  }

  @Test
  void whatExceedsTheBudgetIsReplacedAsAWhole() {
    List<String> before = List.of("a", "x", "a", "y", "a");
    List<String> after = List.of("b", "a", "b", "a", "b");
    assertThat(edits(new BoundedDiff(0, 24), before, after)).containsExactly(new Edit(0, 5, 0, 5));
  }

  /** With a squared effort each of these would take minutes. */
  @Test
  void manyChangesInALargeTextAreFoundInTime() {
    int half = 200_000;
    List<String> before =
        IntStream.range(0, half).boxed().flatMap(i -> List.of("" + i, "p" + i).stream()).toList();
    List<String> after =
        IntStream.range(0, half).boxed().flatMap(i -> List.of("" + i, "q" + i).stream()).toList();
    assertThat(edits(new BoundedDiff(), before, after)).hasSize(half);

    List<Integer> few = IntStream.range(0, half).mapToObj(i -> i * 7 % 11 % 5).toList();
    List<Integer> other = IntStream.range(0, half).mapToObj(i -> i * 5 % 13 % 5).toList();
    assertThat(applied(edits(new BoundedDiff(), few, other), few, other))
        .isEqualTo(List.<Object>copyOf(other));
  }
}
