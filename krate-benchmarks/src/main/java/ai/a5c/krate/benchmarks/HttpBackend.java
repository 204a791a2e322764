package ai.a5c.krate.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * {@code git http-backend} behind plain HTTP: the peer, with all that Git writes forced to disk.
 */
final class HttpBackend implements AutoCloseable {
  private static final String STATUS = "status: ";

  private final Path folder;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private HttpBackend(Path folder, HttpServer server) {
    this.folder = folder;
    this.server = server;
  }

  /** Serves the repositories of the folder at a free port of the loopback interface. */
  static HttpBackend start(Path folder) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var backend = new HttpBackend(folder, HttpServer.create(address, 0));
    backend.server.createContext("/", backend::answer);
    backend.server.setExecutor(backend.threads);
    backend.server.start();
    return backend;
  }

  /** A bare repository that takes pushes and tells those who push nothing of pull refs. */
  Path repository(String name) {
    Path repository = folder.resolve(name);
    Commands.git(folder, new byte[0], "init", "-q", "--bare", repository.toString());
    for (String setting :
        List.of(
            "http.receivepack=true",
            "core.fsync=all",
            "core.fsyncMethod=fsync",
            "receive.autogc=false",
            "receive.fsckObjects=true",
            "receive.hideRefs=refs/pull")) {
      int equals = setting.indexOf('=');
      Commands.git(
          repository,
          new byte[0],
          "config",
          setting.substring(0, equals),
          setting.substring(equals + 1));
    }
    return repository;
  }

  URI uri(String name) {
    InetSocketAddress address = server.getAddress();
    return URI.create("http://127.0.0.1:" + address.getPort() + "/" + name);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Process process = process(exchange);
      try (OutputStream in = process.getOutputStream()) {
        exchange.getRequestBody().transferTo(in);
      }
      try (InputStream out = new BufferedInputStream(process.getInputStream())) {
        int status = 200;
        for (String line = line(out); !line.isEmpty(); line = line(out)) {
          int colon = line.indexOf(':');
          if (line.toLowerCase(Locale.ROOT).startsWith(STATUS)) {
            status = Integer.parseInt(line.substring(STATUS.length(), STATUS.length() + 3));
          } else if (colon > 0) {
            exchange
                .getResponseHeaders()
                .add(line.substring(0, colon), line.substring(colon + 1).strip());
          }
        }
        byte[] body = out.readAllBytes();
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Process process(HttpExchange exchange) throws IOException {
    ProcessBuilder builder = Commands.prepared(List.of("git", "http-backend"), folder);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    URI uri = exchange.getRequestURI();
    Map<String, String> environment = builder.environment();
    environment.put("GIT_PROJECT_ROOT", folder.toString());
    environment.put("GIT_HTTP_EXPORT_ALL", "1");
    environment.put("PATH_INFO", uri.getPath());
    environment.put("QUERY_STRING", uri.getRawQuery() == null ? "" : uri.getRawQuery());
    environment.put("REQUEST_METHOD", exchange.getRequestMethod());
    environment.put("REMOTE_USER", "ada");
    environment.put("REMOTE_ADDR", "127.0.0.1");
    environment.put("GIT_COMMITTER_NAME", "Ada");
    environment.put("GIT_COMMITTER_EMAIL", "ada@example.org");
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type != null) {
      environment.put("CONTENT_TYPE", type);
    }
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    if (length != null) {
      environment.put("CONTENT_LENGTH", length);
    }
    return builder.start();
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.write(c);
    }
    return line.toString(StandardCharsets.US_ASCII).strip();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
