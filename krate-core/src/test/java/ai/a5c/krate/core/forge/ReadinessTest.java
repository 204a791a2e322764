package ai.a5c.krate.core.forge;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.spi.git.MergeAttempt;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  @Test
  void aMergeThatIsTooLargeIsRefusedWithTheBoundAndTheWayOut() {
    var attempt = new MergeAttempt.TooLarge("more than 10 files and folders");
    assertThat(new Readiness(List.of(), List.of()).and(Readiness.of(attempt)).reasons())
        .containsExactly("TooLarge");
    assertThat(Readiness.of(attempt))
        .containsExactly(
            new Readiness.Obstacle(
                "TooLarge",
                "the merge has more than 10 files and folders; merge on your machine, and push"));
  }
}
