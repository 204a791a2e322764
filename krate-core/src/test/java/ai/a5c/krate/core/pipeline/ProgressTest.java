package ai.a5c.krate.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.records.Job.Phase;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.core.pipeline.Progress.One;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the jobs of a pipeline come to. */
class ProgressTest {
  private static One one(String step, Phase phase, String... needs) {
    return new One(step, phase, List.of(needs), false, false);
  }

  private static One tolerant(String step, Phase phase) {
    return new One(step, phase, List.of(), true, false);
  }

  @Test
  void aJobWaitsForARunnerWhenWhatItNeedsHasEndedWell() {
    var jobs =
        List.of(
            one("a", Phase.SUCCEEDED),
            one("b", Phase.PENDING, "a"),
            one("c", Phase.PENDING, "b"),
            one("d", Phase.PENDING));
    assertThat(Progress.of(jobs, false, true))
        .isEqualTo(new Progress(Pipeline.Phase.RUNNING, Map.of(1, Phase.QUEUED, 3, Phase.QUEUED)));
  }

  @Test
  void whatNeedsAFailedOneIsSkippedAndSoIsWhatNeedsThat() {
    var jobs =
        List.of(
            one("a", Phase.FAILED),
            one("b", Phase.PENDING, "a"),
            one("c", Phase.PENDING, "b"),
            tolerant("d", Phase.FAILED),
            one("e", Phase.PENDING, "d"));
    assertThat(Progress.of(jobs, false, true).moves())
        .isEqualTo(Map.of(1, Phase.SKIPPED, 2, Phase.SKIPPED, 4, Phase.QUEUED));
  }

  @Test
  void whatIsKeptCountsAsDone() {
    var jobs =
        List.of(new One("a", Phase.SKIPPED, List.of(), false, true), one("b", Phase.PENDING, "a"));
    assertThat(Progress.of(jobs, false, false).moves()).isEqualTo(Map.of(1, Phase.QUEUED));
  }

  @ParameterizedTest
  @CsvSource({
    "SUCCEEDED, SUCCEEDED, SUCCEEDED",
    "SUCCEEDED, FAILED, FAILED",
    "FAILED, CANCELED, FAILED",
    "SUCCEEDED, CANCELED, CANCELED",
    "SUCCEEDED, RUNNING, RUNNING",
    "RUNNING, BLOCKED, RUNNING",
    "SUCCEEDED, BLOCKED, BLOCKED",
    "QUEUED, BLOCKED, RUNNING",
  })
  void thePipelineIsWhatItsJobsComeTo(Phase one, Phase other, Pipeline.Phase wanted) {
    var jobs = List.of(one("a", one), one("b", other));
    assertThat(Progress.of(jobs, false, true).phase()).isEqualTo(wanted);
  }

  /** Whatever its jobs are, it moves them as the table of phases says, and does not move twice. */
  @Property
  void everyMoveIsOneOfTheTable(
      @ForAll @Size(min = 1, max = 8) List<Phase> phases,
      @ForAll boolean canceled,
      @ForAll boolean started) {
    List<One> jobs = new ArrayList<>();
    for (int i = 0; i < phases.size(); i++) {
      jobs.add(
          i % 3 == 0 ? one("s" + i, phases.get(i)) : one("s" + i, phases.get(i), "s" + (i - 1)));
    }
    Progress progress = Progress.of(jobs, canceled, started);
    List<One> moved = new ArrayList<>(jobs);
    progress
        .moves()
        .forEach(
            (i, to) -> {
              assertThat(phases.get(i).next()).contains(to);
              moved.set(i, new One(jobs.get(i).step(), to, jobs.get(i).needs(), false, false));
            });
    Progress again = Progress.of(moved, canceled, started);
    assertThat(again.moves()).isEmpty();
    assertThat(again.phase()).isEqualTo(progress.phase());
    assertThat(progress.phase().isFinished())
        .isEqualTo(moved.stream().allMatch(job -> job.phase().isFinished()));
  }

  @Property
  void nothingFollowsAFinishedPhase(@ForAll Phase phase) {
    assertThat(phase.next().isEmpty()).isEqualTo(phase.isFinished());
    assertThat(phase.next()).doesNotContain(phase);
  }
}
