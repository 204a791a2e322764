package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.testkit.api.ClientTls;
import ai.a5c.krate.testkit.api.HttpApiEndpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own, with the administrator's way in. Closing it kills it and the
 * PostgreSQL of its data folder.
 */
final class ServerProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern URL = Pattern.compile("Kubernetes API +(https://\\S+)");

  private final Path data;
  private final Process process;
  private final URI url;
  private final List<HttpApiEndpoint> endpoints = new ArrayList<>();
  private final Api api;

  private ServerProcess(Path data, Process process, URI url) throws IOException {
    this.data = data;
    this.process = process;
    this.url = url;
    this.api = newApi();
  }

  /** Starts a server on the folder, at a free port, and waits until it is ready. */
  static ServerProcess start(Path data) throws IOException {
    return start(data, null);
  }

  /** Starts a server that ends by itself at a fail point, {@code PLACE@N}. */
  static ServerProcess start(Path data, @Nullable String failPoint) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    if (failPoint != null) {
      command.add("-D" + FailPoints.PROPERTY + "=" + failPoint);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("serve", "--listen", "127.0.0.1:0", "--data-dir", data.toString()));
    command.add("--webhook-allow-private-targets");
    Path log = data.resolveSibling(data.getFileName() + ".log");
    var builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith("KRATE_"));
    Process process = builder.start();
    try {
      var server = new ServerProcess(data, process, address(process, log));
      server.awaitReady();
      return server;
    } catch (IOException | RuntimeException | Error e) {
      process.destroyForcibly();
      killDatabase(data);
      throw e;
    }
  }

  private static URI address(Process process, Path log) throws IOException {
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line; (line = out.readLine()) != null; ) {
      Matcher match = URL.matcher(line);
      if (match.find()) {
        return URI.create(match.group(1));
      }
    }
    throw new IllegalStateException("the server ended while it started: " + Files.readString(log));
  }

  /** Waits until the server says that it can work. */
  void awaitReady() {
    Waiting.until("the server is ready", PATIENCE, () -> api.get("/readyz").code() == 200);
  }

  URI url() {
    return url;
  }

  Path data() {
    return data;
  }

  /** What it has written to its log. */
  String log() {
    try {
      return Files.readString(data.resolveSibling(data.getFileName() + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Api api() {
    return api;
  }

  /** One more way in, with connections of its own. */
  Api newApi() throws IOException {
    SSLContext tls =
        ClientTls.of(data.resolve("ca.crt"), data.resolve("admin.crt"), data.resolve("admin.key"));
    var endpoint = new HttpApiEndpoint(url, tls, Duration.ofSeconds(30));
    endpoints.add(endpoint);
    return new Api(endpoint);
  }

  /** The address of a repository. */
  String git(String organization, String repository) {
    return url + "/" + organization + "/" + repository + ".git";
  }

  /** As {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** As {@code kill -9} of PostgreSQL. */
  void killDatabase() {
    postmaster(data).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** Waits for the end of a server that a fail point ends. */
  void awaitHalt() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(FailPoints.EXIT);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** As SIGTERM, and waits for the end. */
  void stop() throws InterruptedException {
    process.toHandle().destroy();
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  /** The postmaster of a data folder, if one runs. */
  static Optional<ProcessHandle> postmaster(Path data) {
    Path file = data.resolve("database/data/postmaster.pid");
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .findFirst()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .flatMap(line -> ProcessHandle.of(Long.parseLong(line)))
          .filter(found -> works(found, data));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Every process that stands in the data folder's database. */
  static List<ProcessHandle> databaseProcesses(Path data) {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(one -> works(one, data)).toList();
    }
  }

  private static boolean works(ProcessHandle process, Path data) {
    try {
      Path folder = Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"));
      return folder.equals(data.toRealPath().resolve("database/data"));
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends the PostgreSQL that a killed server left on its data folder, if there is one. */
  static void killDatabase(Path data) {
    postmaster(data).ifPresent(ProcessHandle::destroyForcibly);
    databaseProcesses(data).forEach(ProcessHandle::destroyForcibly);
    Waiting.until("PostgreSQL is gone", PATIENCE, () -> databaseProcesses(data).isEmpty());
  }

  @Override
  public void close() {
    endpoints.forEach(HttpApiEndpoint::close);
    process.destroyForcibly();
    Waiting.until("the server is gone", PATIENCE, () -> !process.isAlive());
    killDatabase(data);
  }
}
