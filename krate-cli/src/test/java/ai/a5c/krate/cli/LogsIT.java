package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What steps print, as people follow it with kubectl, {@code krate logs} and its plugin. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LogsIT {
  private static final Path PLUGIN = Path.of("..", "kubectl-krate");

  /** A step that prints a line, and the next one only after somebody has read the first. */
  private static final String FIRST = "the first line";

  private static final String LAST = "the last line";

  @TempDir static Path temporary;

  private ServerProcess server;
  private Gate gate;
  private Path programs;

  @BeforeAll
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    gate = new Gate();
    programs = Files.createDirectories(temporary.resolve("programs"));
    Launcher.write(programs.resolve("krate"));
    Files.copy(PLUGIN, programs.resolve("kubectl-krate"));
    Files.setPosixFilePermissions(
        programs.resolve("kubectl-krate"), PosixFilePermissions.fromString("rwx------"));
  }

  @AfterAll
  void stop() throws Exception {
    gate.close();
    server.close();
  }

  /** A program that the test ends. */
  private Process start(List<String> command, Path err) throws Exception {
    var builder = new ProcessBuilder(command).redirectError(err.toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("KRATE_"));
    environment.keySet().removeIf(name -> name.toLowerCase().endsWith("_proxy"));
    environment.put("HOME", temporary.toString());
    environment.put("PATH", programs + ":" + environment.get("PATH"));
    environment.put("KUBECONFIG", server.data().resolve("admin.kubeconfig").toString());
    return builder.start();
  }

  private static String gated(Gate gate, String name) {
    return "echo " + FIRST + "\n" + gate.pass(name) + "\necho " + LAST;
  }

  /** Reads until a line, which must come before the end. */
  private static List<String> readTo(BufferedReader out, String wanted, Path err) throws Exception {
    var lines = new ArrayList<String>();
    do {
      lines.add(String.valueOf(out.readLine()));
      assertThat(lines).as(Files.readString(err)).doesNotContain("null");
    } while (!lines.getLast().equals(wanted));
    return lines;
  }

  @Test
  void aLineArrivesWhileItsStepStillRuns() throws Exception {
    Ci ci = Ci.createWithPool(server, temporary, "lines");
    String namespace = ci.forge().namespace();
    // Each by a pipeline of its own: only what has read the first line lets the step go on.
    for (String how : List.of("raw", "krate", "kubectl", "pipeline")) {
      String pipeline = ci.start(Ci.workflow(Ci.step("test", gated(gate, how))));
      List<String> command =
          switch (how) {
            case "raw" ->
                List.of("kubectl", "get", "--raw", ci.jobPath(pipeline, 0) + "/log?follow=true");
            case "krate" ->
                List.of(
                    programs.resolve("krate").toString(),
                    "logs",
                    "-f",
                    "job/" + pipeline + "-0",
                    "-n",
                    namespace,
                    "--data-dir",
                    server.data().toString());
            case "kubectl" ->
                List.of(
                    "kubectl", "krate", "logs", "job/" + pipeline + "-0", "-n", namespace, "-f");
            default ->
                List.of("kubectl", "krate", "logs", "pipeline/" + pipeline, "-n", namespace, "-f");
          };
      Path err = temporary.resolve(how + ".err");
      if (how.equals("raw")) {
        // There is a log to follow once there is a job.
        gate.await(how);
      }
      Process following = start(command, err);
      try (BufferedReader out = following.inputReader(StandardCharsets.UTF_8)) {
        readTo(out, FIRST, err);
        gate.await(how);
        assertThat(ci.phase(pipeline)).isEqualTo("Running");
        gate.open(how);
        readTo(out, LAST, err);
        assertThat(out.readLine()).isNull();
        assertThat(following.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(following.exitValue()).as(Files.readString(err)).isZero();
      } finally {
        following.destroyForcibly();
      }
      ci.await(pipeline, "Succeeded");
    }
  }

  @Test
  void anyBytesComeBackAsTheyWere() throws Exception {
    Ci ci = Ci.createWithPool(server, temporary, "binary");
    byte[] bytes = new byte[300_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 + i / 256);
    }
    Files.createDirectories(ci.forge().git().folder());
    Files.write(ci.forge().git().folder().resolve("bytes"), bytes);
    String pipeline = ci.start(Ci.workflow(Ci.step("test", "cat bytes")));
    ci.await(pipeline, "Succeeded");
    assertThat(raw(ci.jobPath(pipeline, 0) + "/log")).isEqualTo(bytes);
    assertThat(raw(ci.jobPath(pipeline, 0) + "/log?sinceBytes=123457"))
        .isEqualTo(Arrays.copyOfRange(bytes, 123_457, bytes.length));
    assertThat(ci.job(pipeline, 0).number("status", "logBytes")).isEqualTo(bytes.length);
  }

  private byte[] raw(String target) throws Exception {
    Process process =
        start(List.of("kubectl", "get", "--raw", target), temporary.resolve("raw.err"));
    try (InputStream out = process.getInputStream()) {
      byte[] all = out.readAllBytes();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return all;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aLogGoesOnWhereItBrokeOffAcrossARestart() throws Exception {
    Path data = temporary.resolve("restarted");
    Path folder = Files.createDirectories(temporary.resolve("restarted-files"));
    String pipeline;
    String log;
    var read = new ByteArrayOutputStream();
    try (ServerProcess first = ServerProcess.start(data)) {
      Ci ci = Ci.createWithPool(first, folder, "restart");
      pipeline =
          ci.start(
              Ci.workflow(
                  Ci.step("test", "seq 1 40000; " + gate.pass("restart") + "; seq 40000 40100")));
      gate.await("restart");
      log = ci.jobPath(pipeline, 0) + "/log?follow=true&attempt=";
      try (ApiResponse following = first.newApi().endpoint().call(ApiRequest.get(log + "1"))) {
        read.write(following.body().readNBytes(100_001));
      }
      first.kill();
    }
    try (ServerProcess second = ServerProcess.start(data)) {
      Ci ci = Ci.administered(second, folder, "restart");
      read.write(rest(second, log + "1&sinceBytes=" + read.size()));
      // The first attempt is lost with the server, its log is not.
      String all = read.toString(StandardCharsets.UTF_8);
      assertThat(rest(second, log + "1")).isEqualTo(read.toByteArray());
      assertThat(numbers(1, 40_000)).startsWith(all);
      gate.await("restart", 2);
      gate.open("restart");
      ci.await(pipeline, "Succeeded");
      assertThat(rest(second, log + "2"))
          .asString(StandardCharsets.UTF_8)
          .isEqualTo(numbers(1, 40_000) + numbers(40_000, 40_100));
    }
  }

  private static byte[] rest(ServerProcess of, String target) throws Exception {
    try (ApiResponse response = of.api().endpoint().call(ApiRequest.get(target))) {
      assertThat(response.status()).isEqualTo(200);
      return response.body().readAllBytes();
    }
  }

  private static String numbers(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(number -> number + "\n")
        .collect(Collectors.joining());
  }
}
