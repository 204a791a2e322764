package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the quick start, with the real kubectl and git, against a server of their own.
 */
class DocumentedCommandsIT {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");
  private static final Pattern COMMANDS = Pattern.compile("(?ms)^```sh( refused)?\\n(.*?)^```");
  private static final String PORT = "9099";

  @TempDir Path work;

  private final List<Process> processes = new ArrayList<>();
  private String port = "";

  @BeforeEach
  void startTheServer() throws Exception {
    port = freePort();
    copyExamples();
    Process server =
        start(
            JAVA.resolve("java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "serve",
            "--listen=127.0.0.1:0",
            "--webhook-allow-private-targets");
    var out =
        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.readLine()).contains("is ready");
  }

  @AfterEach
  void endProcesses() throws Exception {
    for (Process process : processes.reversed()) {
      process.destroy();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void theCommandsOfThePageWork() throws Exception {
    var script = new StringBuilder("set -euo pipefail\ntrap 'kill $(jobs -p)' EXIT\n");
    String page = Files.readString(ROOT.resolve("docs/quick-start.md"));
    COMMANDS.matcher(page).results().forEach(block -> script.append(run(block)));
    Launcher.write(work.resolve("krate"));
    Files.writeString(work.resolve("page.sh"), script.toString().replace(PORT, port));
    Path webhook = work.resolve("examples/quickstart/30-webhook.yaml");
    Files.writeString(webhook, Files.readString(webhook).replace(PORT, port));
    assertThat(run("bash", "page.sh"))
        .contains("web-1 patched (no change)")
        .contains("Merge pull request #1 from feature")
        .contains("pullrequest.merged evt_")
        .contains("There is no such repository.")
        .contains("main is protected by BranchProtection \"main\": changes come by pull request")
        .contains("Say in the title what changes, in at least 8 characters.")
        .contains("alice opened the pull request or moved its branch")
        .containsPattern("web-2 +Approve +bob +true")
        .contains("web-2 patched")
        .contains("entries, unbroken")
        .contains("entries were checked: the trail is unbroken");
  }

  /** A block of what is refused must fail. */
  private static String run(MatchResult block) {
    return block.group(1) == null
        ? block.group(2)
        : "if (\n" + block.group(2) + "); then echo 'not refused'; exit 1; fi\n";
  }

  private String run(String... command) throws Exception {
    Process process = start(command);
    assertThat(process.waitFor(8, TimeUnit.MINUTES)).as("it comes to an end").isTrue();
    String said = Files.readString(work.resolve(command[0] + ".out"));
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  /** The server's output is read; that of the others goes into a file, so that nothing waits. */
  private Process start(String... command) throws IOException {
    var builder = new ProcessBuilder(command).directory(work.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.matches("(KRATE_|GIT_|KUBECONFIG).*"));
    environment.merge("PATH", JAVA.toString(), (path, java) -> java + File.pathSeparator + path);
    environment.put("RECEIVER_PORT", port);
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("HOME", work.toString());
    if (command[0].equals("bash")) {
      builder.redirectErrorStream(true).redirectOutput(work.resolve("bash.out").toFile());
    } else {
      builder.redirectError(work.resolve("server.err").toFile());
    }
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private void copyExamples() throws IOException {
    Path examples = ROOT.resolve("examples");
    try (Stream<Path> files = Files.walk(examples)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = work.resolve("examples").resolve(examples.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private static String freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Integer.toString(socket.getLocalPort());
    }
  }
}
