package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Somebody without a certificate: he has what krate prints for him, and the programs of the machine
 * cut off from its configuration.
 *
 * @param home where the programs keep what they keep
 * @param data the server's data folder, whose authority he trusts
 */
record Person(Path home, Path data) {
  private static final int SECONDS = 60;

  /** How a command ended. */
  record Ended(int code, String out, String err) {}

  /** What {@code krate} prints, within this process. */
  Ended krate(String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data-dir", data.toString()));
    int code =
        Main.run(
            all,
            Map.of(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            0);
    return new Ended(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** A token by {@code krate token}. */
  String token(String... arguments) {
    List<String> all = new ArrayList<>(List.of("token"));
    all.addAll(List.of(arguments));
    Ended ended = krate(all.toArray(String[]::new));
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out()).matches("[A-Za-z0-9_.-]+\n");
    return ended.out().strip();
  }

  /** The command with which git asks {@code krate git-credential}. */
  String helper(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "git-credential"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--data-dir", data.toString()));
    return "!" + String.join(" ", command);
  }

  /** The status and the body of a request to the API or to Git. */
  Ended curl(String url, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of("curl", "-sS", "--cacert", data.resolve("ca.crt").toString(), "-i", url));
    command.addAll(List.of(options));
    return run(home, "", command);
  }

  Ended bearer(String url, String token) {
    return curl(url, "-H", "Authorization: Bearer " + token);
  }

  Ended git(Path folder, String question, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    return run(folder, question, command);
  }

  Ended kubectl(Path kubeconfig, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("kubectl", "--kubeconfig", kubeconfig.toString()));
    command.addAll(List.of(arguments));
    return run(home, "", command);
  }

  /** A command of the audit trail. */
  Ended bash(Path kubeconfig, String command) {
    return run(
        home, "", List.of("bash", "-c", "export KUBECONFIG='" + kubeconfig + "'\n" + command));
  }

  private Ended run(Path folder, String question, List<String> command) {
    try {
      Path err = Files.createTempFile(home, "said", ".err");
      var builder =
          new ProcessBuilder(command).directory(folder.toFile()).redirectError(err.toFile());
      Map<String, String> environment = builder.environment();
      environment
          .keySet()
          .removeIf(
              name ->
                  name.startsWith("GIT_")
                      || name.startsWith("KRATE_")
                      || name.equals("KUBECONFIG")
                      || name.toLowerCase().endsWith("_proxy"));
      environment.put("HOME", home.toString());
      environment.put("GIT_CONFIG_NOSYSTEM", "1");
      environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
      environment.put("GIT_TERMINAL_PROMPT", "0");
      environment.put("GIT_SSL_CAINFO", data.resolve("ca.crt").toString());
      Process process = builder.start();
      try (var in = process.getOutputStream()) {
        in.write(question.getBytes(StandardCharsets.UTF_8));
      }
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
      String said = Files.readString(err);
      Files.delete(err);
      return new Ended(process.exitValue(), out, said);
    } catch (IOException e) {
      throw new AssertionError(command + " cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
