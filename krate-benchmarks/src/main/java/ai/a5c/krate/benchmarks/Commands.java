package ai.a5c.krate.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of the machine that peers are made of. */
final class Commands {
  /** Git as it is when it keeps what it answers: everything forced to disk. */
  private static final List<String> DURABLE_GIT =
      List.of(
          "git",
          "-c",
          "core.fsync=all",
          "-c",
          "core.fsyncMethod=fsync",
          "-c",
          "user.name=Ada",
          "-c",
          "user.email=ada@example.org");

  private Commands() {}

  static String run(Path folder, String... command) {
    return run(folder, new byte[0], List.of(command));
  }

  /** Runs Git with what it forces to disk forced. */
  static String git(Path folder, byte[] input, String... arguments) {
    var command = new ArrayList<String>(DURABLE_GIT);
    command.addAll(List.of(arguments));
    return run(folder, input, command);
  }

  static boolean hasGit() {
    try {
      return run(Path.of("."), "git", "--version").startsWith("git version");
    } catch (BenchmarkFailedException e) {
      return false;
    }
  }

  /** A program's environment without the settings of whoever runs the benchmark. */
  static ProcessBuilder prepared(List<String> command, Path folder) {
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    return builder;
  }

  private static String run(Path folder, byte[] input, List<String> command) {
    try {
      Process process = prepared(command, folder).redirectErrorStream(true).start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input);
      }
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new BenchmarkFailedException(String.join(" ", command) + ": " + text);
      }
      return text.strip();
    } catch (IOException e) {
      throw new BenchmarkFailedException(String.join(" ", command) + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkFailedException("interrupted", e);
    }
  }
}
