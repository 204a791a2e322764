package ai.a5c.krate.testkit.executor;

import static ai.a5c.krate.testkit.executor.RunnerBench.LONG;
import static ai.a5c.krate.testkit.executor.RunnerBench.said;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.Step;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** X3: what is left when a step has ended. */
public interface BetweenRules {
  RunnerBench bench();

  @Test
  @DisplayName("X3.1 the workspace is kept; temporary files and the home are not")
  default void x3_1() throws Exception {
    try (Runner runner = bench().runner()) {
      String write =
          "echo kept >file; mkdir -p deep/er; for f in /tmp ~ /var/tmp /dev/shm; do"
              + " echo 1 >\"$f/left\"; mkdir \"$f/.dots\" 2>/dev/null || true; done; echo done";
      assertThat(said(runner, write)).isEqualTo("done");
      assertThat(said(runner, "cat file; ls -d deep/er")).isEqualTo("kept\ndeep/er");
      assertThat(said(runner, "find /tmp ~ /var/tmp /dev/shm | grep -E 'left|dots' || true"))
          .isEmpty();
    }
  }

  @Test
  @DisplayName("X3.2 secrets are files that only their step finds, and only its user reads")
  default void x3_2() throws Exception {
    Map<String, Secret> secrets =
        Map.of("token", Secret.of("s3cr3t\n"), "raw", Secret.of(new byte[] {0, 1, -1, 10}));
    try (Runner runner = bench().runner()) {
      String show =
          "cd \"$KRATE_SECRETS\"; ls; cat token; od -An -tx1 raw; stat -c %a token raw;"
              + " ! env | grep -a s3cr3t";
      assertThat(said(runner, new Step(show, Map.of(), "", secrets, LONG)))
          .isEqualTo("raw\ntoken\ns3cr3t\n 00 01 ff 0a\n400\n400");
      String link =
          "ln -s \"$KRATE_SECRETS/token\" link; ln \"$KRATE_SECRETS/token\" hard || true; cat link";
      assertThat(said(runner, new Step(link, Map.of(), "", secrets, LONG))).contains("s3cr3t");
      assertThat(said(runner, "ls -A \"$KRATE_SECRETS\"; cat link hard 2>/dev/null || true"))
          .isEmpty();
    }
  }

  @Test
  @DisplayName("X3.3 no process of a step is left, not one that left its session either")
  default void x3_3() throws Exception {
    try (Runner runner = bench().runner()) {
      String away =
          "( setsid sh -c 'trap \"\" TERM HUP; (while :; do echo x >>beat; sleep 0.05; done) &' & )"
              + " >/dev/null 2>&1; until [ -s beat ]; do sleep 0.05; done; echo started";
      assertThat(said(runner, away)).isEqualTo("started");
      assertThat(said(runner, "rm beat; sleep 0.5; ls")).isEmpty();
    }
  }

  @Test
  @DisplayName("X3.4 a step does not wait for those that it left behind")
  default void x3_4() throws Exception {
    try (Runner runner = bench().runner()) {
      assertThat(said(runner, "sleep 1000000 & echo started")).isEqualTo("started");
    }
  }

  @Test
  @DisplayName("X3.5 shared memory, semaphores and queues of a step are gone with it")
  default void x3_5() throws Exception {
    try (Runner runner = bench().runner()) {
      assertThat(
              said(
                  runner,
                  "ipcmk -M 4096 -S 1 -Q >/dev/null; tail -n +2 -q /proc/sysvipc/* | wc -l"))
          .isEqualTo("3");
      assertThat(said(runner, "tail -n +2 -q /proc/sysvipc/* | wc -l")).isEqualTo("0");
    }
  }
}
