package ai.a5c.krate.cli;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * A receiver of webhooks that outlives the servers: it checks each signature with the library of
 * Standard Webhooks, writes down what arrives, and is busy now and then.
 */
final class WebhookReceiver implements AutoCloseable {
  private static final String SECRET = "whsec_" + base64("a secret of the crash test");
  private static final Pattern EVENT = Pattern.compile(".*-[0-9]{14}-[0-9]+");
  private static final int BUSY_EVERY = 16;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Arrival> arrivals = new ArrayList<>();
  private final List<String> forged = new ArrayList<>();
  private final Set<String> known = new HashSet<>();

  /**
   * A whole request with a good signature.
   *
   * @param id the webhook-id
   * @param delivery the name of the WebhookDelivery
   * @param body as it came
   * @param json the same, read
   * @param accepted whether the answer was 204; otherwise it was 503
   */
  record Arrival(String id, String delivery, String body, JsonObject json, boolean accepted) {
    /** Whether it is of an event itself, and no replay or test. */
    boolean isOfEvent() {
      return EVENT.matcher(delivery).matches();
    }

    String type() {
      return Api.text(json, "type");
    }

    /** The name of the object that the event is about. */
    String name() {
      return Api.text(json, "data", "object", "metadata", "name");
    }

    long revision() {
      return new Api.Answer(0, "", json).number("revision");
    }
  }

  WebhookReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Subscribes to every event of issues and pull requests in the forge's namespace. */
  void subscribe(Forge forge) {
    subscribe(forge, "receiver", "\"pullrequest.*\",\"issue.*\"", false);
  }

  /** Subscribes under a name, with a Secret of the same name. */
  void subscribe(Forge forge, String name, String events, boolean suspended) {
    Api api = forge.server().api();
    api.create(
            Api.CORE + "/namespaces/" + forge.namespace() + "/secrets",
            """
            {"apiVersion":"v1","kind":"Secret","metadata":{"name":"%s"},
             "data":{"signing":"%s"}}"""
                .formatted(name, base64(SECRET)))
        .expect(201);
    api.create(
            Api.config(forge.namespace(), "webhooksubscriptions"),
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"WebhookSubscription",
             "metadata":{"name":"%1$s"},
             "spec":{"url":"http://127.0.0.1:%2$d/hooks","events":[%3$s],"suspended":%4$s,
              "secretRefs":[{"name":"%1$s","key":"signing"}],
              "retry":{"initialDelay":"200ms","maxDelay":"1s"}}}"""
                .formatted(name, server.getAddress().getPort(), events, suspended))
        .expect(201);
  }

  /** What arrived so far, in order. */
  List<Arrival> arrivals() {
    lock.lock();
    try {
      return List.copyOf(arrivals);
    } finally {
      lock.unlock();
    }
  }

  /** What arrived with a signature that is not good. */
  List<String> forged() {
    lock.lock();
    try {
      return List.copyOf(forged);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] bytes = exchange.getRequestBody().readAllBytes();
      String length = exchange.getRequestHeaders().getFirst("content-length");
      if (length == null || bytes.length == Long.parseLong(length)) {
        String body = new String(bytes, StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(take(exchange, body), -1);
      } // otherwise the sender was killed in the middle of it
    }
  }

  private int take(HttpExchange exchange, String body) {
    String id = String.valueOf(exchange.getRequestHeaders().getFirst("webhook-id"));
    String delivery = String.valueOf(exchange.getRequestHeaders().getFirst("x-krate-delivery"));
    lock.lock();
    try {
      new Webhook(SECRET)
          .verify(body, HttpHeaders.of(exchange.getRequestHeaders(), (name, value) -> true));
      boolean accepted = !known.add(id) || known.size() % BUSY_EVERY != 0;
      arrivals.add(new Arrival(id, delivery, body, Api.parse(body), accepted));
      return accepted ? 204 : 503;
    } catch (WebhookVerificationException | RuntimeException e) {
      forged.add(id + ": " + e);
      return 401;
    } finally {
      lock.unlock();
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
