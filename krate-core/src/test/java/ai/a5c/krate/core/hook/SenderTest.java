package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SenderTest {
  private static final Duration TIMEOUT = Duration.ofMillis(500);
  private static final String HEAD = "HTTP/1.1 200 OK\r\n";

  private final AtomicInteger lookups = new AtomicInteger();
  private final TargetGuard guard = new TargetGuard(true);
  private final Sender sender =
      new Sender(
          guard,
          new GuardedResolver(
              guard,
              host -> {
                lookups.incrementAndGet();
                return InetAddress.getAllByName(host);
              }),
          8,
          2,
          InstantSource.system(),
          System::nanoTime);

  @AfterEach
  void close() {
    sender.close();
  }

  @Test
  void anAnswerIsReadWithItsHeaders() throws Exception {
    try (var receiver =
        Receiver.answering(
            (request, exchange) -> {
              exchange.getResponseHeaders().add("X-Trace", "7");
              exchange.getResponseHeaders().add("Retry-After", "120");
              byte[] body = "busy".getBytes(StandardCharsets.UTF_8);
              exchange.sendResponseHeaders(503, body.length);
              exchange.getResponseBody().write(body);
            })) {
      Answer.Received answer = received(receiver.url());
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).isEqualTo("busy");
      assertThat(answer.headers()).containsEntry("X-trace", "7");
      assertThat(answer.retryAfter()).isEqualTo(Duration.ofSeconds(120));
      assertThat(receiver.next().header("user-agent")).isEqualTo("Krate-Hooks");
    }
  }

  @Test
  void aConnectionIsUsedAgainWithoutLookingTheHostUp() throws Exception {
    try (var receiver = Receiver.accepting()) {
      for (int i = 0; i < 5; i++) {
        assertThat(received(receiver.url()).status()).isEqualTo(204);
      }
      assertThat(lookups).hasValue(1);
    }
  }

  @Test
  void aRedirectIsAnAnswerAndNotFollowed() throws Exception {
    try (var elsewhere = Receiver.accepting();
        var receiver =
            Receiver.answering(
                (request, exchange) -> {
                  exchange.getResponseHeaders().add("Location", elsewhere.url());
                  Receiver.status(exchange, 307);
                })) {
      assertThat(received(receiver.url()).status()).isEqualTo(307);
      assertThat(elsewhere.all()).isEmpty();
    }
  }

  @Test
  void anEndlessBodyIsCutOff() throws Exception {
    try (var hostile =
        new Hostile(out -> forever(out, HEAD + "Connection: keep-alive\r\n\r\n", "0123456789"))) {
      Answer.Received answer = received(hostile.url());
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).hasSize(4_096);
      assertThat(hostile.left()).isTrue();
    }
  }

  @Test
  void aBodyThatDripsCostsTheTimeoutAndNoMore() throws Exception {
    try (var hostile =
        new Hostile(
            out -> {
              out.write((HEAD + "Content-Length: 1000\r\n\r\n").getBytes());
              drip(out);
            })) {
      assertThat(missing(hostile.url())).isEqualTo("no complete answer within 500ms");
      assertThat(hostile.left()).isTrue();
    }
  }

  @Test
  void headersThatDripCostTheTimeoutAndNoMore() throws Exception {
    try (var hostile =
        new Hostile(
            out -> {
              out.write((HEAD + "X-Slow: ").getBytes());
              drip(out);
            })) {
      assertThat(missing(hostile.url())).isEqualTo("no complete answer within 500ms");
      assertThat(hostile.left()).isTrue();
    }
  }

  @Test
  void endlessInterimAnswersCostTheTimeoutAndNoMore() throws Exception {
    try (var hostile = new Hostile(out -> forever(out, "", "HTTP/1.1 100 Continue\r\n\r\n"))) {
      assertThat(missing(hostile.url())).isEqualTo("no complete answer within 500ms");
      assertThat(hostile.left()).isTrue();
    }
  }

  @Test
  void endlessHeadersAreNotRead() throws Exception {
    try (var many = new Hostile(out -> forever(out, HEAD, "X-More: more\r\n"));
        var longOne = new Hostile(out -> forever(out, HEAD + "X-Long: ", "a"))) {
      assertThat(missing(many.url())).startsWith("the connection failed: ");
      assertThat(missing(longOne.url())).startsWith("the connection failed: ");
      assertThat(many.left()).isTrue();
      assertThat(longOne.left()).isTrue();
    }
  }

  @Test
  void whatIsNoAnswerIsSaidInOneLine() throws Exception {
    try (var silent = new Hostile(out -> {});
        var other = new Hostile(out -> out.write("hello\r\n\r\nthere\r\n".getBytes()))) {
      assertThat(missing(silent.url()))
          .isEqualTo("the receiver closed the connection without an answer");
      assertThat(missing(other.url())).doesNotContain("\n").isNotEmpty();
    }
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThat(missing("http://127.0.0.1:" + port + "/")).isEqualTo("the connection was refused");
    assertThat(missing("https://127.0.0.1:" + port + "/")).isEqualTo("the connection was refused");
  }

  @Test
  void aLookUpThatHangsCostsTheTimeoutAndNoMore() throws Exception {
    var never = new CountDownLatch(1);
    var resolver =
        new GuardedResolver(
            guard,
            host -> {
              try {
                boolean unused = never.await(1, TimeUnit.MINUTES);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return new InetAddress[0];
            });
    try (var waiting =
        new Sender(guard, resolver, 8, 2, InstantSource.system(), System::nanoTime)) {
      Answer answer = waiting.send(request("http://hangs.example/"));
      assertThat(answer).isInstanceOf(Answer.Missing.class);
    }
  }

  private Answer.Received received(String url) throws InterruptedException {
    Answer answer = sender.send(request(url));
    assertThat(answer).isInstanceOf(Answer.Received.class);
    return (Answer.Received) answer;
  }

  private String missing(String url) throws InterruptedException {
    Answer answer = sender.send(request(url));
    assertThat(answer).isInstanceOf(Answer.Missing.class);
    return ((Answer.Missing) answer).error();
  }

  private static Sender.Request request(String url) {
    return new Sender.Request(URI.create(url), Map.of(), Bytes.utf8("{}"), TIMEOUT);
  }

  private static void forever(OutputStream out, String first, String then) throws IOException {
    out.write(first.getBytes(StandardCharsets.UTF_8));
    byte[] more = then.repeat(100).getBytes(StandardCharsets.UTF_8);
    while (true) {
      out.write(more);
    }
  }

  private static void drip(OutputStream out) throws IOException {
    var never = new CountDownLatch(1);
    try {
      while (!never.await(20, TimeUnit.MILLISECONDS)) {
        out.write('a');
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A server that reads the beginning of a request and then misbehaves on the wire. */
  private static final class Hostile implements AutoCloseable {
    private final ServerSocket server;
    private final CountDownLatch left = new CountDownLatch(1);
    private final Thread thread;

    interface Misbehaviour {
      void on(OutputStream out) throws IOException;
    }

    Hostile(Misbehaviour misbehaviour) {
      try {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      thread = Thread.ofVirtual().start(() -> serve(misbehaviour));
    }

    String url() {
      return "http://127.0.0.1:" + server.getLocalPort() + "/";
    }

    /** Whether the client has hung up. */
    boolean left() throws InterruptedException {
      return left.await(60, TimeUnit.SECONDS);
    }

    private void serve(Misbehaviour misbehaviour) {
      while (!server.isClosed()) {
        try (Socket socket = server.accept()) {
          if (socket.getInputStream().read(new byte[4_096]) > 0) {
            misbehaviour.on(socket.getOutputStream());
          }
        } catch (IOException e) {
          left.countDown();
        }
      }
    }

    @Override
    public void close() throws Exception {
      server.close();
      thread.interrupt();
      thread.join();
    }
  }
}
