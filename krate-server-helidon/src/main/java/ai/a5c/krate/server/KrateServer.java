package ai.a5c.krate.server;

import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * The reference server: one TLS listener for the API, Git and health, speaking HTTP/1.1.
 *
 * <p>HTTP/2 is not offered: the HTTP layer does not tell a handler that a client has cancelled a
 * stream, so that the watches which it left behind would stay.
 */
public final class KrateServer implements AutoCloseable {
  private static final int BACKLOG = 4096;
  private static final int HEADERS = 64 << 10;
  private static final int TARGET = 32 << 10;
  private static final int WRITE_BUFFER = 16 << 10;

  /** Only fetch requests of Git come compressed and may be larger than an API request. */
  private static final long UNFOLDED = 64 << 20;

  private final WebServer web;
  private final Edge edge;
  private final Connections connections;
  private final InetSocketAddress address;
  private final ReentrantLock closing = new ReentrantLock();
  private boolean closed;

  private KrateServer(
      WebServer web, Edge edge, Connections connections, InetSocketAddress address) {
    this.web = web;
    this.edge = edge;
    this.connections = connections;
    this.address = address;
  }

  /** What stands behind the listener. */
  public record Services(Api api, GitEntrance git, List<HealthCheck> checks) {
    public Services {
      checks = List.copyOf(checks);
    }
  }

  /**
   * Starts listening.
   *
   * @param requestIds names a fault in the log and to the client
   * @throws UncheckedIOException if the address cannot be listened on
   */
  public static KrateServer start(
      ServerSettings settings,
      Services services,
      InstantSource clock,
      Supplier<String> requestIds) {
    Limits limits = settings.limits();
    var connections = new Connections(limits);
    var edge =
        new Edge(
            new ClientCertificates(settings.clientAuthorities(), clock),
            new ApiHandler(services.api(), limits, connections),
            new GitHandler(services.git()),
            new HealthHandler(services.checks()),
            requestIds);
    WebServer web = web(settings, edge, tls(settings, connections));
    probe(settings.listen());
    web.start();
    if (!web.isRunning() || web.port() < 1) {
      throw new UncheckedIOException(new BindException("the address was taken meanwhile"));
    }
    connections.start();
    var address = new InetSocketAddress(settings.listen().getAddress(), web.port());
    return new KrateServer(web, edge, connections, address);
  }

  /** The HTTP layer only logs that it could not listen, and goes on. */
  private static void probe(InetSocketAddress listen) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(listen);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SSLContext tls(ServerSettings settings, Connections connections) {
    try {
      return TlsSockets.of(settings.identity(), connections, settings.limits().silence());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("the server's key and certificate cannot be used", e);
    }
  }

  private static WebServer web(ServerSettings settings, Edge edge, SSLContext tls) {
    Limits limits = settings.limits();
    return WebServer.builder()
        .shutdownHook(false)
        .bindAddress(settings.listen())
        .tls(t -> t.sslContext(tls))
        .useNio(false)
        .protocolsDiscoverServices(false)
        .addProtocol(
            Http1Config.builder().maxHeadersSize(HEADERS).maxPrologueLength(TARGET).build())
        .contentEncoding(
            ContentEncodingContext.builder()
                .contentEncodingsDiscoverServices(false)
                .addContentEncoding(new Gunzip(UNFOLDED))
                .build())
        .directHandlers(Edge.refusals())
        .connectionOptions(o -> o.tcpNoDelay(true).socketKeepAlive(true))
        .backlog(BACKLOG)
        .writeBufferSize(WRITE_BUFFER)
        .maxTcpConnections(limits.connections())
        .idleConnectionTimeout(limits.silence())
        .shutdownGracePeriod(limits.stop())
        .routing(HttpRouting.builder().any(edge::handle))
        .build();
  }

  /** Where the server listens, with the port that was picked. */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Stops: ends all watches, lets other requests finish within the bound, then drops what is left.
   * Requests that still come are answered 503.
   */
  @Override
  public void close() {
    closing.lock();
    try {
      if (!closed) {
        closed = true;
        edge.stop();
        connections.windDown();
        web.stop();
        connections.close();
      }
    } finally {
      closing.unlock();
    }
  }
}
