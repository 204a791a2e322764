package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The real kubectl with a server's kubeconfig.
 *
 * @param program the file to run
 * @param home where it keeps what it discovered
 */
record Kubectl(String program, Path home, Path data) {
  private static final int SECONDS = 60;

  /** The oldest and the newest that are tried. */
  private static final Pattern VERSIONED = Pattern.compile("kubectl\\.1\\.(29|33)");

  /** How a command ended. */
  record Ended(int code, String out, String err) {}

  /**
   * The kubectl of the path, and those of a version of its own that lie beside it, such as {@code
   * kubectl.1.29}.
   */
  static List<String> programs() {
    List<String> programs = new ArrayList<>(List.of("kubectl"));
    for (String folder : System.getenv("PATH").split(":")) {
      Path found = Path.of(folder, "kubectl");
      if (Files.isExecutable(found)) {
        programs.addAll(beside(found));
        break;
      }
    }
    return programs;
  }

  private static List<String> beside(Path program) {
    try (Stream<Path> files = Files.list(program.toRealPath().getParent())) {
      return files
          .filter(file -> VERSIONED.matcher(file.getFileName().toString()).matches())
          .map(Path::toString)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command that must succeed, and gives what it said. */
  String run(String... arguments) {
    Ended ended = attempt(Optional.empty(), arguments);
    assertThat(ended.code()).as("%s: %s%s", List.of(arguments), ended.out(), ended.err()).isZero();
    return ended.out();
  }

  /** The same with a manifest, where an argument is {@code -}. */
  String runWith(String manifest, String... arguments) {
    Ended ended = attempt(Optional.of(manifest), arguments);
    assertThat(ended.code()).as("%s: %s%s", List.of(arguments), ended.out(), ended.err()).isZero();
    return ended.out();
  }

  Ended attempt(Optional<String> manifest, String... arguments) {
    try {
      Path err = Files.createTempFile(home, "kubectl", ".err");
      Process process = start(err, arguments);
      try (var in = process.getOutputStream()) {
        in.write(manifest.orElse("").getBytes(StandardCharsets.UTF_8));
      }
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(List.of(arguments) + " does not end");
      }
      return new Ended(process.exitValue(), out, Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Starts a command that the caller ends. */
  Process start(Path err, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(program);
    command.addAll(List.of("--kubeconfig", data.resolve("admin.kubeconfig").toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectError(err.toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.toLowerCase().endsWith("_proxy"));
    environment.remove("KUBECONFIG");
    environment.put("HOME", home.toString());
    environment.put("KUBECTL_EXTERNAL_DIFF", "diff -u");
    return builder.start();
  }
}
