package ai.a5c.krate.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of Java, with the options that the launcher gives the server. */
final class ServerProcess implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("Kubernetes API +(https://\\S+)");
  private static final Duration STOP = Duration.ofSeconds(45);

  private final Process process;
  private final String url;
  private final long startNanos;

  private ServerProcess(Process process, String url, long startNanos) {
    this.process = process;
    this.url = url;
    this.startNanos = startNanos;
  }

  /** Starts a server at a free port and waits until it says that it is ready. */
  static ServerProcess serve(Path data, String... more) {
    List<String> main =
        new ArrayList<>(
            List.of(
                ai.a5c.krate.cli.Main.class.getName(),
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--log-level",
                "warning",
                "--data-dir",
                data.toString()));
    main.addAll(List.of(more));
    return start(data.resolveSibling(data.getFileName() + ".log"), READY, main);
  }

  /** Starts a JVM that does nothing, and waits until it says so. */
  static ServerProcess idle(Path log) {
    return start(log, Pattern.compile("(idle)"), List.of(IdleJvm.class.getName()));
  }

  private static ServerProcess start(Path log, Pattern ready, List<String> main) {
    long begun = System.nanoTime();
    try {
      var builder =
          new ProcessBuilder(command(main))
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().keySet().removeIf(name -> name.startsWith("KRATE_"));
      Process process = builder.start();
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      for (String line; (line = out.readLine()) != null; ) {
        Matcher matcher = ready.matcher(line);
        if (matcher.find()) {
          long took = System.nanoTime() - begun;
          Thread.ofVirtual().start(() -> drain(out));
          return new ServerProcess(process, matcher.group(1), took);
        }
      }
      process.destroyForcibly();
      throw new BenchmarkFailedException("the server did not start: " + Files.readString(log));
    } catch (IOException e) {
      throw new BenchmarkFailedException("the server did not start: " + e.getMessage(), e);
    }
  }

  private static List<String> command(List<String> main) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms32m", "-Xmx512m", "-XX:+UseSerialGC"));
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(main);
    return command;
  }

  private static void drain(BufferedReader out) {
    try (out) {
      while (out.readLine() != null) {
        // Only so that the process never waits for a reader.
      }
    } catch (IOException | UncheckedIOException e) {
      // The process has ended.
    }
  }

  String url() {
    return url;
  }

  /** From the start of the process until it said that it was ready. */
  long startNanos() {
    return startNanos;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Ends it as {@code kill -9} does, and nothing that it started. */
  void kill() throws InterruptedException {
    int unused = process.destroyForcibly().waitFor();
  }

  /** Ends it, and whatever it started, and waits until all are gone. */
  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    children.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
  }
}
