package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Receivers that are dead, slow, endless or liars, beside one that is well. */
@Timeout(240)
class HostileEndpointsTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\n";

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T opened(T one) {
    open.add(one);
    return one;
  }

  @Test
  void moreHangingReceiversThanThereIsRoomForHoldUpNoOther() throws Exception {
    Forge forge = opened(Forge.started());
    Hostile silent = opened(new Hostile(out -> untilClosed()));
    Receiver well = opened(Receiver.accepting());
    int many = 300;
    for (int i = 0; i < many; i++) {
      subscribe(
          forge, "silent-" + i, silent.url("127.0.%d.%d".formatted(1 + i / 200, 1 + i % 200)));
    }
    subscribe(forge, "well", well.url());
    for (int i = 0; i < 5; i++) {
      forge.issue("issue-" + i);
    }

    for (int i = 0; i < 5; i++) {
      assertThat(issue(well.next())).isEqualTo("issue-" + i);
    }

    await().until(() -> silent.accepted() >= many);
    forge.issue("last");
    assertThat(issue(well.next())).isEqualTo("last");
  }

  @Test
  void everyKindOfMisbehaviourIsAFailedAttemptAndNoOtherWaits() throws Exception {
    Forge forge = opened(Forge.started());
    Hostile endless = opened(new Hostile(out -> forever(out, HEAD + "\r\n", "0123456789")));
    Hostile dripping =
        opened(
            new Hostile(
                out -> {
                  out.write((HEAD + "Content-Length: 10000000000\r\n\r\na").getBytes());
                  untilClosed();
                }));
    Hostile headers = opened(new Hostile(out -> forever(out, HEAD, "X-More: more\r\n")));
    Hostile liar =
        opened(new Hostile(out -> out.write((HEAD + "Content-Length: 9\r\n\r\nabc").getBytes())));
    Hostile looping =
        opened(
            new Hostile(
                out ->
                    out.write(
                        ("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")
                            .getBytes())));
    Receiver well = opened(Receiver.accepting());
    subscribe(forge, "endless", endless.url("127.0.0.1"));
    subscribe(forge, "dripping", dripping.url("127.0.0.1"));
    subscribe(forge, "headers", headers.url("127.0.0.1"));
    subscribe(forge, "liar", liar.url("127.0.0.1"));
    subscribe(forge, "looping", looping.url("127.0.0.1"));
    subscribe(forge, "dead", "http://127.0.0.1:" + freePort() + "/");
    subscribe(forge, "well", well.url());

    for (int i = 0; i < 20; i++) {
      forge.issue("issue-" + i);
    }

    for (int i = 0; i < 20; i++) {
      assertThat(issue(well.next())).isEqualTo("issue-" + i);
    }
    for (String name : List.of("dripping", "headers", "liar", "looping", "dead")) {
      await().until(() -> forge.subscription(name).failuresInARow() > 0);
      ApiObject first =
          forge.deliveries().stream()
              .filter(d -> d.name().startsWith(name))
              .findFirst()
              .orElseThrow();
      await().until(() -> !attempts(forge, first).isEmpty());
      assertThat(attempts(forge, first).getFirst().error()).as(name).isNotEmpty();
    }
    // Its status says that all is well, and what follows is cut off.
    await().until(() -> forge.subscription("endless").pending() < 20);
  }

  private static List<ai.a5c.krate.api.records.WebhookDelivery.Attempt> attempts(
      Forge forge, ApiObject delivery) {
    return Forge.status(
            forge
                .ada
                .get(
                    Forge.kind(ai.a5c.krate.api.records.WebhookDelivery.class),
                    Forge.NAMESPACE,
                    delivery.name())
                .orElseThrow())
        .attempts();
  }

  @Test
  void aNameThatPointsElsewhereTheNextTimeIsNotFollowedThere() throws Exception {
    Receiver well =
        opened(
            Receiver.answering(
                (request, exchange) -> {
                  exchange.getResponseHeaders().add("Connection", "close");
                  Receiver.status(exchange, 200);
                }));
    var lookups = new AtomicInteger();
    Forge forge =
        opened(
            Forge.fresh(
                true,
                host ->
                    new InetAddress[] {
                      InetAddress.getByName(
                          lookups.getAndIncrement() == 0 ? "127.0.0.1" : "169.254.169.254")
                    }));
    forge.start();
    forge.subscribe("ci", "http://rebinding.example:" + well.port() + "/");
    forge.issue("first");
    assertThat(issue(well.next())).isEqualTo("first");
    await().until(() -> forge.phases().equals(List.of("Delivered")));
    assertThat(lookups).as("what was checked is dialled, without asking again").hasValue(1);

    forge.issue("second");

    await().until(() -> forge.subscription("ci").failuresInARow() > 0);
    assertThat(Forge.status(forge.deliveries().getLast()).attempts().getFirst().error())
        .isEqualTo("the target's address is not allowed: it is link-local");
    assertThat(well.all()).hasSize(1);
  }

  @Test
  void aReceiverThatAsksForPatienceGetsItUpToTheBound() throws Exception {
    var count = new AtomicInteger();
    Receiver busy =
        opened(
            Receiver.answering(
                (request, exchange) -> {
                  boolean first = count.getAndIncrement() == 0;
                  exchange
                      .getResponseHeaders()
                      .add("Retry-After", first ? "864000" : "Fri, 31 Dec 2100 23:59:59 GMT");
                  Receiver.status(exchange, count.get() < 3 ? 429 : 200);
                }));
    Forge forge = opened(Forge.started());
    forge.subscribe("ci", busy.url());
    forge.issue("first");
    await().until(() -> forge.phases().equals(List.of("Delivered")));
    assertThat(busy.all()).hasSize(3);
  }

  private static void subscribe(Forge forge, String name, String url) {
    forge.create(
        WebhookSubscription.class,
        """
        {'metadata': {'name': '%s', 'namespace': 'team'},
         'spec': {'url': '%s', 'events': ['issue.created'], 'timeout': '%s',
           'secretRefs': [{'name': 'signing', 'key': 'key'}],
           'retry': {'initialDelay': '10ms', 'maxDelay': '50ms', 'maxAttempts': 100}}}
        """
            .formatted(name, url, name.startsWith("silent") ? "60s" : "2s"));
  }

  private static String issue(Receiver.Delivered delivered) {
    return JsonTree.textAt(
        Json.parse(Bytes.utf8(delivered.body()), 1_000_000).object(),
        "data",
        "object",
        "metadata",
        "name");
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void forever(OutputStream out, String first, String then) throws IOException {
    out.write(first.getBytes(StandardCharsets.UTF_8));
    byte[] more = then.repeat(100).getBytes(StandardCharsets.UTF_8);
    while (true) {
      out.write(more);
    }
  }

  private static void untilClosed() {
    try {
      boolean unused = new CountDownLatch(1).await(10, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A server on every loopback address that misbehaves on the wire, to many at once. */
  private static final class Hostile implements AutoCloseable {
    private final ServerSocket server;
    private final Misbehaviour misbehaviour;
    private final AtomicInteger accepted = new AtomicInteger();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    interface Misbehaviour {
      void on(OutputStream out) throws IOException;
    }

    Hostile(Misbehaviour misbehaviour) {
      this.misbehaviour = misbehaviour;
      try {
        server = new ServerSocket(0, 1_000);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      threads.add(Thread.ofVirtual().start(this::serve));
    }

    String url(String address) {
      return "http://" + address + ":" + server.getLocalPort() + "/";
    }

    int accepted() {
      return accepted.get();
    }

    private void serve() {
      while (!server.isClosed()) {
        try {
          Socket socket = server.accept();
          accepted.incrementAndGet();
          threads.add(Thread.ofVirtual().start(() -> serve(socket)));
        } catch (IOException e) {
          // Closed, or a client that did not wait.
        }
      }
    }

    private void serve(Socket client) {
      try (Socket socket = client) {
        if (socket.getInputStream().read(new byte[4_096]) > 0) {
          misbehaviour.on(socket.getOutputStream());
        }
      } catch (IOException e) {
        // The client has hung up, as it should.
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      threads.forEach(Thread::interrupt);
    }
  }
}
