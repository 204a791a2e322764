package ai.a5c.krate.executor.process;

import static ai.a5c.krate.testkit.executor.RunnerBench.step;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.RunnerTerms;
import ai.a5c.krate.spi.executor.StepEnd;
import ai.a5c.krate.spi.executor.StepExecutor;
import ai.a5c.krate.testkit.executor.RunnerBench;
import ai.a5c.krate.testkit.executor.Transcript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What jobs try, and what comes of it; outside of a sandbox each of it succeeds. */
class IsolationTest {
  private static final RunnerTerms UNTRUSTED = RunnerBench.TERMS;
  private static final RunnerTerms TRUSTED = terms(false);
  private static final RunnerTerms NETWORKED = terms(true);

  @TempDir Path folder;
  private StepExecutor executor;
  private Victim victim;

  private static RunnerTerms terms(boolean network) {
    return new RunnerTerms(
        TrustTier.TRUSTED,
        network,
        UNTRUSTED.memoryBytes(),
        UNTRUSTED.diskBytes(),
        UNTRUSTED.processes());
  }

  @BeforeEach
  void open() throws Exception {
    executor = new ProcessExecutorProvider().open(folder.resolve("runners"));
    victim = Victim.in(folder);
    victim.addProgram();
  }

  @AfterEach
  void close() throws Exception {
    executor.close();
    victim.close();
  }

  @Test
  void whatSucceedsOutsideFailsInside() throws Exception {
    Map<String, String> attempts = new LinkedHashMap<>(victim.attempts());
    if (isRoot()) {
      attempts.putAll(victim.attemptsOfRoot());
    }
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    for (Map.Entry<String, String> attempt : attempts.entrySet()) {
      assertThat(Victim.outside(victim.named(attempt.getValue()), temporary))
          .as(attempt.getKey() + ", outside")
          .contains("REACHED");
    }
    for (RunnerTerms terms : new RunnerTerms[] {UNTRUSTED, TRUSTED, NETWORKED}) {
      try (Runner runner = executor.start("job", terms)) {
        for (Map.Entry<String, String> attempt : attempts.entrySet()) {
          String script = "#!/bin/sh\n" + victim.named(attempt.getValue()) + "\necho ended\n";
          assertThat(said(runner, script))
              .as(attempt.getKey() + ", " + terms)
              .contains("ended")
              .doesNotContain("REACHED");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPortOrSocketOfTheHostIsReachedWithItsNetworkAlone(boolean port) throws Exception {
    String attempt = victim.named(port ? victim.portAttempt() : victim.abstractSocketAttempt());
    assertThat(Victim.outside(attempt, folder)).contains("REACHED");
    for (RunnerTerms terms : new RunnerTerms[] {UNTRUSTED, TRUSTED}) {
      try (Runner runner = executor.start("job", terms)) {
        assertThat(said(runner, attempt + " || true; echo ended"))
            .contains("ended")
            .doesNotContain("REACHED");
      }
    }
    try (Runner runner = executor.start("job", NETWORKED)) {
      assertThat(said(runner, attempt)).contains("REACHED");
    }
  }

  /**
   * Where there is something to reach, it is the host of a virtual machine: nothing to try here.
   */
  @Test
  void noNetworkLeadsPastItsNamespace() throws Exception {
    for (RunnerTerms terms : new RunnerTerms[] {UNTRUSTED, NETWORKED}) {
      try (Runner runner = executor.start("job", terms)) {
        assertThat(said(runner, "perl -e '$r = socket(S, 40, 1, 0); print $r ? \"made\" : $! + 0'"))
            .as("socket of AF_VSOCK")
            .isEqualTo("97");
        assertThat(said(runner, "perl -e '$r = syscall(425, 1, 0); print $r < 0 ? $! + 0 : $r'"))
            .as("io_uring_setup")
            .isEqualTo("1");
        assertThat(said(runner, "grep ^Seccomp: /proc/self/status | tr '\\t' ' '"))
            .isEqualTo("Seccomp: 2\n");
      }
    }
  }

  @Test
  void aJobHasNoCapabilityAndGetsNone() throws Exception {
    try (Runner runner = executor.start("job", NETWORKED)) {
      assertThat(said(runner, "grep -E '^(Cap|NoNewPrivs)' /proc/self/status | tr '\\t' ' '"))
          .isEqualTo(
              """
              CapInh: 0000000000000000
              CapPrm: 0000000000000000
              CapEff: 0000000000000000
              CapBnd: 0000000000000000
              CapAmb: 0000000000000000
              NoNewPrivs: 1
              """);
    }
  }

  @Test
  void aJobSeesItsOwnProcessesAloneAndNothingOfTheFirst() throws Exception {
    try (Runner runner = executor.start("job", UNTRUSTED)) {
      assertThat(said(runner, "for p in /proc/[0-9]*; do read -r name <$p/comm; echo $name; done"))
          .isEqualTo("sh\n");
      for (String attempt :
          new String[] {
            "cat /proc/1/environ", "ls /proc/1/fd", "head -c 1 /proc/1/mem", "cat /proc/1/cmdline"
          }) {
        assertThat(RunnerBench.end(runner, attempt + " 2>/dev/null")).isNotEqualTo(ok());
      }
      assertThat(
              said(
                  runner,
                  "#!/bin/sh\ntrap '' TERM; kill -9 1; kill -STOP 1; kill -TERM 1; echo ended"))
          .contains("ended");
    }
  }

  @Test
  void aJobCannotWriteToTheSystemOrUndoWhatItIsGiven() throws Exception {
    try (Runner runner = executor.start("job", UNTRUSTED)) {
      for (String attempt :
          new String[] {
            "echo 1 >/file",
            "echo 1 >/usr/file",
            "echo 1 >/etc/passwd",
            "echo 1 >/run/file",
            "echo 1 >/dev/file",
            "echo 1 >/proc/sys/kernel/hostname",
            "echo 0 >/proc/self/oom_score_adj",
            "mkdir /home/job",
            "hostname other",
            "umount /proc",
            "umount -l /usr",
            "mount -o remount,rw /usr",
            "pivot_root /tmp /tmp",
            "nsenter --target 1 --mount true",
            "unshare --mount true",
            "unshare --net true",
            "unshare --user true",
            "ulimit -u 100000 2>/dev/null || ulimit -p 100000"
          }) {
        assertThat(RunnerBench.end(runner, attempt)).as(attempt).isNotEqualTo(ok());
      }
      assertThat(said(runner, "cat /proc/self/oom_score_adj")).isEqualTo("1000\n");
    }
  }

  @Test
  void twoRunnersThatLiveSeeNothingOfEachOther() throws Exception {
    try (Runner one = executor.start("one", UNTRUSTED);
        Runner other = executor.start("other", UNTRUSTED)) {
      var log = new Transcript();
      String script = "echo canary-workspace >file\necho began\nsleep 1000000 # canary-process";
      var end = new FutureTask<>(() -> one.run(step(script), log));
      Thread.ofPlatform().daemon().start(end);
      log.await("began");
      assertThat(said(other, "ls -A /workspace; cat /proc/[0-9]*/cmdline | tr '\\0' ' '"))
          .doesNotContain("file")
          .doesNotContain("1000000");
      assertThat(said(other, "kill -9 -1; true")).isNotNull();
      assertThat(end.isDone()).isFalse();
      one.cancel();
      assertThat(end.get(2, TimeUnit.MINUTES)).isNotNull();
    }
  }

  @Test
  void noJobHasTheKernelUserOfAnotherIfTheServerIsRoot() throws Exception {
    String outer = "cat /proc/self/uid_map | tr -s ' '";
    try (Runner one = executor.start("one", UNTRUSTED);
        Runner other = executor.start("other", UNTRUSTED);
        StepExecutor second = new ProcessExecutorProvider().open(folder.resolve("second"));
        Runner third = second.start("third", UNTRUSTED)) {
      var users = new HashSet<String>();
      for (Runner runner : new Runner[] {one, other, third}) {
        for (String line : said(runner, outer).strip().split("\n", -1)) {
          users.add(line.strip().split(" ", -1)[1]);
        }
      }
      // Two for each: the first processes' and the job's. An ordinary user has but itself.
      assertThat(users).hasSize(isRoot() ? 6 : 1).doesNotContain("0");
    }
  }

  private static StepEnd ok() {
    return new StepEnd.Exited(0);
  }

  private boolean isRoot() throws Exception {
    return Files.getAttribute(folder, "unix:uid").equals(0);
  }

  private static String said(Runner runner, String script) throws Exception {
    var log = new Transcript();
    assertThat(runner.run(step(script), log)).isNotNull();
    return log.text();
  }
}
