package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process of its own, as a user starts it. */
class ServeIT {
  private static final Pattern URL = Pattern.compile("Kubernetes API +(https://\\S+)");

  @TempDir Path temporary;

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endProcesses() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
    for (String folder : List.of("data", "other")) {
      ServerProcess.killDatabase(temporary.resolve(folder));
    }
  }

  private Process krate(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(temporary.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("KRATE_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private Process serve() throws IOException {
    return krate(Map.of(), "serve", "--listen", "127.0.0.1:0", "--data-dir", "data");
  }

  private record Ended(int code, String out, String err) {}

  private static Ended end(Process process) throws Exception {
    String out = text(process.getInputStream());
    String err = text(process.getErrorStream());
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), out, err);
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Waits until the server says that it is ready, and gives the address that it says. */
  private static String ready(Process process) throws IOException {
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line; (line = out.readLine()) != null; ) {
      Matcher url = URL.matcher(line);
      if (url.find()) {
        return url.group(1);
      }
    }
    throw new AssertionError("the server ended: " + text(process.getErrorStream()));
  }

  private String run(String... command) throws Exception {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("HOME", temporary.toString());
    builder.environment().keySet().removeIf(name -> name.toLowerCase().endsWith("_proxy"));
    Process process = builder.start();
    String output = text(process.getInputStream());
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private String kubectl(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "kubectl", "--kubeconfig", temporary.resolve("data/admin.kubeconfig").toString()));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  @Test
  void kubectlComesInWithTheAdministratorsKubeconfig() throws Exception {
    Process server = serve();
    String url = ready(server);
    assertThat(url).startsWith("https://127.0.0.1:").doesNotEndWith(":0");
    assertThat(kubectl("get", "--raw", "/version")).contains("v1.33.0+krate");
    assertThat(kubectl("get", "--raw", "/readyz")).isEqualTo("ok");
  }

  @Test
  void curlChecksTheServerWithTheFileThatItLeft() throws Exception {
    String url = ready(serve());
    assertThat(
            run(
                "curl",
                "-sS",
                "--noproxy",
                "*",
                "--cacert",
                temporary.resolve("data/ca.crt").toString(),
                "--cert",
                temporary.resolve("data/admin.crt").toString(),
                "--key",
                temporary.resolve("data/admin.key").toString(),
                url + "/readyz"))
        .isEqualTo("ok");
  }

  @Test
  void sigtermEndsItCleanlyAndARestartFindsEverything() throws Exception {
    Process first = serve();
    ready(first);
    String authority = Files.readString(temporary.resolve("data/ca.crt"));
    first.toHandle().destroy();
    Ended ended = end(first);
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.err()).contains("stopping").contains("stopped");

    Process second = serve();
    ready(second);
    assertThat(temporary.resolve("data/ca.crt")).hasContent(authority);
    assertThat(kubectl("get", "--raw", "/version")).contains("v1.33.0+krate");
  }

  @Test
  void afterAKillTheFolderIsFree() throws Exception {
    Process first = serve();
    ready(first);
    first.destroyForcibly().waitFor();
    ready(serve());
  }

  @Test
  void aSecondServerOnTheFolderIsRefused() throws Exception {
    Process first = serve();
    ready(first);
    Ended second = end(serve());
    assertThat(second.code()).isEqualTo(1);
    assertThat(second.err())
        .contains(temporary.toRealPath().resolve("data").toString())
        .contains("process " + first.pid());
    assertThat(kubectl("get", "--raw", "/readyz")).isEqualTo("ok");
  }

  @Test
  void anAddressInUseIsNamed() throws Exception {
    String url = ready(serve());
    String address = url.substring("https://".length());
    Ended other = end(krate(Map.of(), "serve", "--listen", address, "--data-dir", "other"));
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err()).contains(address).contains("--listen");
    assertThat(other.err().lines().count()).isEqualTo(1);
  }

  @Test
  void nothingStartsWhileASettingIsWrong() throws Exception {
    Ended ended =
        end(krate(Map.of("KRATE_PORT", "1"), "serve", "--data-dir", "data", "--listen", "x"));
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("KRATE_PORT").contains("--listen: \"x\"");
    assertThat(temporary.resolve("data")).doesNotExist();
  }

  @Test
  void helpAndVersionArePrinted() throws Exception {
    assertThat(end(krate(Map.of(), "--help")).out()).contains("krate serve");
    assertThat(end(krate(Map.of(), "serve", "--help")).out()).contains("--data-dir FOLDER");
    assertThat(end(krate(Map.of(), "version")).out()).startsWith("krate ");
    Ended unknown = end(krate(Map.of(), "dance"));
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("dance");
  }
}
