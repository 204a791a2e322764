package ai.a5c.krate.core.hook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Somebody's web server on a free port of the loopback interface. */
final class Receiver implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final LinkedBlockingQueue<Delivered> queue = new LinkedBlockingQueue<>();
  private final List<Delivered> all = new CopyOnWriteArrayList<>();
  private final Behaviour behaviour;

  /** A request as it arrived; header names in lower case. */
  record Delivered(Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    Map<String, List<String>> lists() {
      Map<String, List<String>> lists = new HashMap<>();
      headers.forEach((name, value) -> lists.put(name, List.of(value)));
      return lists;
    }

    String type() {
      return header("x-krate-event");
    }
  }

  /** Answers a request, however long it takes. */
  @FunctionalInterface
  interface Behaviour {
    void answer(Delivered request, HttpExchange exchange) throws IOException;
  }

  Receiver(int port, Behaviour behaviour) {
    this.behaviour = behaviour;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  static Receiver answering(Behaviour behaviour) {
    return new Receiver(0, behaviour);
  }

  static Receiver accepting() {
    return answering((request, exchange) -> status(exchange, 204));
  }

  static void status(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port() + "/hook";
  }

  /** The next request; fails if none comes. */
  Delivered next() throws InterruptedException {
    Delivered next = queue.poll(90, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no request came; so far: " + types());
    }
    return next;
  }

  List<Delivered> all() {
    return List.copyOf(all);
  }

  List<String> types() {
    List<String> types = new ArrayList<>();
    all.forEach(delivered -> types.add(delivered.type()));
    return types;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var delivered = new Delivered(headers, body);
    all.add(delivered);
    queue.add(delivered);
    try (exchange) {
      behaviour.answer(delivered, exchange);
    }
  }
}
