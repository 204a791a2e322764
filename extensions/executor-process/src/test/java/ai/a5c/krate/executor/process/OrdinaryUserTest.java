package ai.a5c.krate.executor.process;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.RunnerTerms;
import ai.a5c.krate.spi.executor.Step;
import ai.a5c.krate.spi.executor.StepExecutor;
import ai.a5c.krate.testkit.executor.Transcript;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same attempts against the server of an ordinary user, where the build is root's. */
class OrdinaryUserTest {
  private static final String USER = "54321";

  @TempDir Path folder;

  /** Says for each attempt where it succeeded. */
  static final class Attempts {
    private static final long MIB = 1L << 20;

    private Attempts() {}

    public static void main(String[] arguments) throws Exception {
      Path home = Path.of(arguments[0]);
      Path temporary = Files.createDirectory(home.resolve("tmp"));
      try (StepExecutor executor = new ProcessExecutorProvider().open(home.resolve("runners"));
          Victim victim = Victim.in(home)) {
        victim.addProgram();
        System.out.println("obstacle " + executor.obstacle(TrustTier.TRUSTED));
        for (TrustTier tier : TrustTier.values()) {
          boolean network = tier == TrustTier.TRUSTED;
          var terms = new RunnerTerms(tier, network, 256 * MIB, 16 * MIB, 64);
          try (Runner runner = executor.start("job", terms)) {
            for (Map.Entry<String, String> attempt : victim.attempts().entrySet()) {
              String script = victim.named(attempt.getValue());
              boolean outside = Victim.outside(script, temporary).contains("REACHED");
              boolean inside = said(runner, "#!/bin/sh\n" + script).contains("REACHED");
              System.out.println(outside + " " + inside + " " + attempt.getKey() + ", " + tier);
            }
            System.out.println("user " + said(runner, "id -u; tail /dev/zero || true"));
          }
        }
      }
      System.out.println("end");
    }

    private static String said(Runner runner, String script) throws Exception {
      var log = new Transcript();
      var step = new Step(script, Map.of(), "", Map.of(), Duration.ofMinutes(5));
      return runner.run(step, log) + " " + log.text().strip();
    }
  }

  @Test
  void anOrdinaryUsersServerIsolatesAsWell() throws Exception {
    if (!Files.getAttribute(folder, "unix:uid").equals(0)) {
      return; // Then IsolationTest has just shown it.
    }
    String java = ProcessHandle.current().info().command().orElseThrow();
    open(folder);
    String said = outside(List.of(java, "-version"));
    if (!said.contains("Runtime")) {
      return; // This machine keeps its JDK from ordinary users.
    }
    Path home = Files.createDirectory(folder.resolve("home"));
    Files.setAttribute(home, "unix:uid", Integer.valueOf(USER));

    String lines =
        outside(
            List.of(java, "-Xmx64m", "-cp", classes(), Attempts.class.getName(), home.toString()));

    assertThat(lines).contains("obstacle Optional.empty\n").endsWith("end\n");
    List<String> attempts =
        lines.lines().filter(line -> line.startsWith("true") || line.startsWith("false")).toList();
    assertThat(attempts).hasSizeGreaterThan(20).allMatch(line -> line.startsWith("true false "));
    assertThat(lines.lines().filter(line -> line.startsWith("user ")))
        .hasSize(2)
        .allMatch(line -> line.equals("user Exceeded[what=more than 256 MiB of memory] 0"));
  }

  private String outside(List<String> command) throws Exception {
    List<String> whole =
        new ArrayList<>(
            List.of("setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", "--"));
    whole.addAll(command);
    var builder = new ProcessBuilder(whole).redirectErrorStream(true);
    builder.directory(folder.toFile());
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isNotNull();
    return text;
  }

  /** Copies of those classes that are needed, where everybody may read them. */
  private String classes() throws IOException {
    List<String> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path source = Path.of(entry);
      if (Files.isDirectory(source) || source.getFileName().toString().startsWith("krate-")) {
        Path target = folder.resolve("classes-" + copies.size());
        copies.add(copied(source, target).toString());
      }
    }
    return String.join(File.pathSeparator, copies);
  }

  private static Path copied(Path source, Path target) throws IOException {
    try (Stream<Path> all = Files.walk(source)) {
      for (Path file : all.toList()) {
        Path copy = target.resolve(source.relativize(file).toString());
        if (source.equals(file)) {
          copy = target;
        }
        Files.copy(file, copy);
        open(copy);
      }
    }
    return target;
  }

  private static void open(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
