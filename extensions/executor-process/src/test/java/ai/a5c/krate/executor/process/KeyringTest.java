package ai.a5c.krate.executor.process;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.StepExecutor;
import ai.a5c.krate.testkit.executor.RunnerBench;
import ai.a5c.krate.testkit.executor.Transcript;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that was started from a login that keeps keys in its session keyring. */
class KeyringTest {
  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
  private static final int KEYCTL = ARM ? 219 : 250;
  private static final int ADD_KEY = ARM ? 217 : 248;

  /** Looks the key up by its name, as whoever has the keyring may. */
  private static final String ATTEMPT =
      "perl -e '$type = \"user\"; $name = \"krate-canary\";"
          + " print \"REACHED\\n\" if syscall(%d, 10, -3, $type, $name, 0) > 0'".formatted(KEYCTL);

  @TempDir Path folder;

  static final class Server {
    private Server() {}

    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[0]);
      System.out.print("outside " + Victim.outside(ATTEMPT + "; echo", folder));
      try (StepExecutor executor = new ProcessExecutorProvider().open(folder.resolve("runners"));
          Runner runner = executor.start("job", RunnerBench.TERMS)) {
        var log = new Transcript();
        System.out.println(runner.run(RunnerBench.step(ATTEMPT), log));
        System.out.println("inside " + log.text());
      }
    }
  }

  @Test
  void aJobDoesNotInheritTheKeysOfTheServersSession() throws Exception {
    String session =
        "$type = 'user'; $name = 'krate-canary'; $value = 'secret'; syscall(%d, 1, 0);"
                .formatted(KEYCTL)
            + " syscall(%d, $type, $name, $value, 6, -3); exec @ARGV".formatted(ADD_KEY);
    Process server =
        new ProcessBuilder(
                "perl",
                "-e",
                session,
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Server.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    server.getOutputStream().close();
    String said = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(server.waitFor()).as(said).isZero();
    assertThat(said).contains("Exited[code=0]\ninside ");
    String outside = said.substring(0, said.indexOf("Exited"));
    // A kernel without keys, or one that keeps them from containers, has none to show.
    assertThat(outside.contains("REACHED")).isEqualTo(hasKeys());
    assertThat(said.substring(outside.length())).doesNotContain("REACHED");
  }

  private static boolean hasKeys() throws Exception {
    String attempt = "perl -e 'print syscall(%d, 1, 0) > 0 ? 1 : 0'".formatted(KEYCTL);
    return Files.exists(Path.of("/proc/keys"))
        && Victim.outside(attempt, Path.of("/tmp")).strip().equals("1");
  }
}
