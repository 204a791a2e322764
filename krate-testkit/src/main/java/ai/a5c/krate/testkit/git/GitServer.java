package ai.a5c.krate.testkit.git;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.git.PushGate;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.zip.GZIPInputStream;

/**
 * A Git server for tests, on a free port of this machine and without TLS: {@code /UID.git/...} of
 * one backend, with one gate.
 */
public final class GitServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final GitBackend backend;
  private final RefName head;
  private volatile PushGate gate;
  private final ReadWriteLock answering = new ReentrantReadWriteLock();
  private final CopyOnWriteArrayList<Throwable> faults = new CopyOnWriteArrayList<>();

  /** Starts the server; the gate decides every push until another is {@linkplain #use used}. */
  public GitServer(GitBackend backend, RefName head, PushGate gate) throws IOException {
    this.backend = backend;
    this.head = head;
    this.gate = gate;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** Lets another gate decide from now on. */
  public void use(PushGate other) {
    gate = other;
  }

  /** What the backend threw, in order, once requests whose clients have their answer are over. */
  public List<Throwable> faults() {
    awaitAnswered();
    return List.copyOf(faults);
  }

  /** Forgets the faults so far, which were expected. */
  public void forgive() {
    awaitAnswered();
    faults.clear();
  }

  /** A client may go before the request has ended for the server; one that hangs is not awaited. */
  private void awaitAnswered() {
    try {
      if (answering.writeLock().tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        answering.writeLock().unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What {@code git clone} takes. */
  public String url(Uid repository) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + repository + ".git";
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      answer(exchange);
    } catch (RuntimeException | IOException e) {
      faults.add(e);
      throw e;
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String[] path = exchange.getRequestURI().getPath().split("/", 3);
    Uid repository = Uid.of(path[1].substring(0, path[1].length() - ".git".length()));
    String protocol = exchange.getRequestHeaders().getFirst("Git-Protocol");
    InputStream in = exchange.getRequestBody();
    if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
      in = new GZIPInputStream(in);
    }
    switch (path[2]) {
      case "info/refs" -> {
        String query = exchange.getRequestURI().getQuery();
        GitService service = GitService.parse(query.substring("service=".length())).orElseThrow();
        var out = new ByteArrayOutputStream();
        backend.advertise(repository, service, protocol, head, out);
        exchange
            .getResponseHeaders()
            .set("Content-Type", "application/x-" + service.wireName() + "-advertisement");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(out.toByteArray());
      }
      case "git-upload-pack" -> {
        exchange.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-result");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
          backend.fetch(repository, protocol, head, in, out);
        }
      }
      default -> {
        var out = new ByteArrayOutputStream();
        try {
          backend.push(repository, head, in, out, gate);
        } finally {
          exchange
              .getResponseHeaders()
              .set("Content-Type", "application/x-git-receive-pack-result");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(out.toByteArray());
        }
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
