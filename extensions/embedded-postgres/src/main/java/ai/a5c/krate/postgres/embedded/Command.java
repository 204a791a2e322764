package ai.a5c.krate.postgres.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs that are run to their end. */
final class Command {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private Command() {}

  /** Whether the program exists and ends well. */
  static boolean succeeds(List<String> command) throws InterruptedException {
    try {
      return exitCode(prepared(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Runs a program that must end well.
   *
   * @throws IOException with the last lines that it wrote, if it does not
   */
  static void run(List<String> command, Path log) throws IOException, InterruptedException {
    int code = exitCode(prepared(command).redirectOutput(ProcessBuilder.Redirect.to(log.toFile())));
    if (code != 0) {
      String output = LogFile.tail(log);
      throw new IOException(command.getFirst() + " ended with " + code + ": " + output);
    }
    Files.deleteIfExists(log);
  }

  /**
   * A process that shares no stream with this one, and nothing of its environment: variables such
   * as PGPORT or LD_LIBRARY_PATH would be PostgreSQL's settings.
   */
  static ProcessBuilder prepared(List<String> command) {
    var builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> !name.equals("PATH") && !name.equals("SystemRoot"));
    environment.put("LC_ALL", "C");
    environment.put("TZ", "UTC");
    File nothing = new File(File.separatorChar == '/' ? "/dev/null" : "NUL");
    return builder.redirectInput(nothing).redirectErrorStream(true);
  }

  private static int exitCode(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.start();
    try {
      if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(
            builder.command().getFirst() + " did not end within " + DEADLINE.toSeconds() + " s");
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }
}
