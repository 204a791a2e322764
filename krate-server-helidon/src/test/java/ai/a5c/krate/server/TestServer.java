package ai.a5c.krate.server;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;

/** A server on a free port, whose API is a function and whose calls can be looked at. */
final class TestServer implements AutoCloseable {
  static final TestPki PKI = new TestPki("test authority");
  static final TestPki.Identity ADMIN = PKI.client("O=system:masters,CN=krate:admin");
  private static final TestPki.Identity SERVER = PKI.server();

  static final Limits LIMITS =
      new Limits(
          64,
          1 << 20,
          4 << 20,
          Duration.ofSeconds(1),
          Duration.ofSeconds(3),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          Duration.ofSeconds(3));

  final KrateServer server;
  final AtomicReference<Subject> caller = new AtomicReference<>();
  final AtomicReference<ApiRequest> request = new AtomicReference<>();

  TestServer(Api api) {
    this(api, LIMITS, r -> new GitAnswer.NotFound(), List.of());
  }

  TestServer(Api api, Limits limits, GitEntrance git, List<HealthCheck> checks) {
    server =
        KrateServer.start(
            new ServerSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new TlsIdentity(SERVER.key(), List.of(SERVER.certificate())),
                List.of(PKI.certificate),
                limits),
            new KrateServer.Services(
                (subject, remote, asked) -> {
                  caller.set(subject);
                  request.set(asked);
                  return api.call(subject, remote, asked);
                },
                git,
                checks),
            InstantSource.system(),
            () -> "request-1");
  }

  static ApiResponse json(String body) {
    return new ApiResponse(
        200, Headers.of("Content-Type", "application/json"), Bytes.utf8(body).stream());
  }

  URI uri(String target) {
    return URI.create("https://127.0.0.1:" + server.address().getPort() + target);
  }

  HttpClient client(TestPki.Identity... shown) {
    return HttpClient.newBuilder().sslContext(PKI.clientSide(shown)).build();
  }

  HttpResponse<String> get(String target, TestPki.Identity... shown) throws Exception {
    try (HttpClient client = client(shown)) {
      return client.send(
          HttpRequest.newBuilder(uri(target)).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  /** A connection on which a test speaks HTTP itself. */
  Raw raw(TestPki.Identity... shown) throws IOException {
    return new Raw(
        (SSLSocket)
            PKI.clientSide(shown)
                .getSocketFactory()
                .createSocket("127.0.0.1", server.address().getPort()));
  }

  static final class Raw implements AutoCloseable {
    final SSLSocket socket;
    final BufferedReader in;

    Raw(SSLSocket socket) throws IOException {
      this.socket = socket;
      socket.setSoTimeout(20_000);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    void send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    }

    /** Reads a head; its first line is the status line. */
    List<String> head() throws IOException {
      var lines = new java.util.ArrayList<String>();
      for (String line; (line = in.readLine()) != null && !line.isEmpty(); ) {
        lines.add(line);
      }
      return lines;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
