package ai.a5c.krate.testkit.executor;

import static ai.a5c.krate.testkit.executor.RunnerBench.end;
import static ai.a5c.krate.testkit.executor.RunnerBench.in;
import static ai.a5c.krate.testkit.executor.RunnerBench.said;
import static ai.a5c.krate.testkit.executor.RunnerBench.step;
import static ai.a5c.krate.testkit.executor.RunnerBench.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.Step;
import ai.a5c.krate.spi.executor.StepEnd;
import ai.a5c.krate.spi.executor.StepEnd.Exited;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** X2: steps. */
public interface StepRules {
  RunnerBench bench();

  @Test
  @DisplayName("X2.1 the exit code is told")
  default void x2_1() throws Exception {
    try (Runner runner = bench().runner()) {
      for (int code : new int[] {0, 1, 3, 125, 126, 127, 255}) {
        assertThat(end(runner, "exit " + code)).isEqualTo(new Exited(code));
      }
      assertThat(end(runner, "there-is-no-such-program")).isEqualTo(new Exited(127));
    }
  }

  @Test
  @DisplayName("X2.2 a signal that ends a step is told as 128 and its number")
  default void x2_2() throws Exception {
    try (Runner runner = bench().runner()) {
      assertThat(end(runner, "kill -TERM $$")).isEqualTo(new Exited(143));
      assertThat(end(runner, "kill -KILL $$")).isEqualTo(new Exited(137));
      assertThat(end(runner, "kill -INT $$")).isEqualTo(new Exited(130));
    }
  }

  @Test
  @DisplayName("X2.3 what it writes arrives byte for byte, output and error in order")
  default void x2_3() throws Exception {
    try (Runner runner = bench().runner()) {
      var log = new Transcript();
      String script = "printf '\\000\\001\\377\\r\\n'; printf 'err' >&2; printf 'exit 0\\nout'";
      assertThat(runner.run(step(script), log)).isEqualTo(new Exited(0));
      assertThat(log.bytes())
          .isEqualTo(
              new byte[] {
                0, 1, -1, '\r', '\n', 'e', 'r', 'r', 'e', 'x', 'i', 't', ' ', '0', '\n', 'o', 'u',
                't'
              });

      var much = new Transcript();
      assertThat(runner.run(step("head -c 3000000 /dev/zero"), much)).isEqualTo(new Exited(0));
      assertThat(much.bytes()).isEqualTo(new byte[3_000_000]);
    }
  }

  @Test
  @DisplayName("X2.4 its input is empty, and it may close its output")
  default void x2_4() throws Exception {
    try (Runner runner = bench().runner()) {
      assertThat(said(runner, "cat; echo end")).isEqualTo("end");
      assertThat(end(runner, "exec >&- 2>&-; [ -d . ]; exit 4")).isEqualTo(new Exited(4));
    }
  }

  @Test
  @DisplayName("X2.5 it has the environment that it asks for, whatever is in it, and what is given")
  default void x2_5() throws Exception {
    Map<String, String> odd = Map.of("ODD", "a\nb 'c' \"d\" $(id) `id` \\ é", "EMPTY", "");
    try (Runner runner = bench().runner()) {
      assertThat(said(runner, with(odd, "printf '<%s>' \"$ODD\"")))
          .isEqualTo("<a\nb 'c' \"d\" $(id) `id` \\ é>");
      assertThat(said(runner, with(odd, "env -0 | tr '\\n\\0' ' \\n' | sed 's/=.*//' | sort")))
          .isEqualTo("EMPTY\nHOME\nKRATE_SECRETS\nLANG\nODD\nPATH\nPWD\nTMPDIR");
    }
  }

  @Test
  @DisplayName(
      "X2.6 the first line names the interpreter; otherwise it is sh, which stops at faults")
  default void x2_6() throws Exception {
    try (Runner runner = bench().runner()) {
      assertThat(said(runner, "#!/bin/cat\nfirst\n")).isEqualTo("#!/bin/cat\nfirst");
      assertThat(end(runner, "false\nexit 5")).isEqualTo(new Exited(1));
      assertThat(end(runner, "#!/bin/sh\nfalse\nexit 5")).isEqualTo(new Exited(5));
      assertThat(end(runner, "#!/there/is/none\n")).isEqualTo(new Exited(127));
    }
  }

  @Test
  @DisplayName("X2.7 it runs in the folder of the workspace that it asks for")
  default void x2_7() throws Exception {
    try (Runner runner = bench().runner()) {
      assertThat(said(runner, "mkdir -p 'a b/-c' && ln -s 'a b' link && pwd")).isNotEmpty();
      assertThat(said(runner, in("a b/-c", "basename \"$PWD\""))).isEqualTo("-c");
      assertThat(said(runner, in("link", "ls"))).isEqualTo("-c");
    }
  }

  @Test
  @DisplayName("X2.8 a folder that is not there or not in the workspace gives 126, and says so")
  default void x2_8() throws Exception {
    try (Runner runner = bench().runner()) {
      assertThat(said(runner, "ln -s /usr out; echo x >file")).isEmpty();
      for (String folder : new String[] {"none", "out", "out/bin", "..", "/usr", "file"}) {
        var log = new Transcript();
        assertThat(runner.run(in(folder, "echo ran"), log)).isEqualTo(new Exited(126));
        assertThat(log.text()).contains(folder).doesNotContain("ran");
      }
    }
  }

  @Test
  @DisplayName("X2.9 a script may be long")
  default void x2_9() throws Exception {
    String script = "# a comment of some length, to fill it\n".repeat(50_000) + "echo end\n";
    try (Runner runner = bench().runner()) {
      assertThat(said(runner, script)).isEqualTo("end");
    }
  }

  @Test
  @DisplayName("X2.10 what no process can be given is refused before anything runs")
  default void x2_10() throws Exception {
    try (Runner runner = bench().runner()) {
      for (Step step :
          new Step[] {
            with(Map.of("A=B", "1"), "true"),
            with(Map.of("", "1"), "true"),
            with(Map.of("A", "\0"), "true"),
            new Step("true", Map.of(), "", Map.of("../x", Secret.of("s")), RunnerBench.LONG),
            new Step("true", Map.of(), "", Map.of("a\nb", Secret.of("s")), RunnerBench.LONG)
          }) {
        assertThatThrownBy(() -> expectNoEnd(runner.run(step, new Transcript())))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThat(end(runner, "true")).isEqualTo(new Exited(0));
    }
  }

  private static void expectNoEnd(StepEnd end) {
    throw new AssertionError("it ran: " + end);
  }
}
