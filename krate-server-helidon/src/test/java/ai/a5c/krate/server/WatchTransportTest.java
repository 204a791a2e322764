package ai.a5c.krate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchTransportTest {
  private static final byte[] END = {};
  private static final String WATCH = "GET /apis?watch=true HTTP/1.1\r\nHost: h\r\n\r\n";

  /** A watch whose events the test hands in. */
  private static final class Events extends InputStream {
    private final LinkedBlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    void emit(String event) {
      queue.add(event.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        byte[] next = queue.take();
        System.arraycopy(next, 0, into, offset, next.length);
        return next.length == 0 ? -1 : next.length;
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void close() {
      queue.add(END);
      closed.countDown();
    }
  }

  private final Events events = new Events();
  private final TestServer server =
      new TestServer(
          (subject, remote, request) ->
              new ApiResponse(200, Headers.of("Content-Type", "application/json"), events));

  @AfterEach
  void stop() {
    server.close();
  }

  private static String chunk(TestServer.Raw raw) throws IOException {
    int length = Integer.parseInt(raw.in.readLine(), 16);
    char[] text = new char[length];
    for (int read = 0; read < length; ) {
      read += raw.in.read(text, read, length - read);
    }
    raw.in.readLine();
    return new String(text);
  }

  /** The next chunk that is no heartbeat. */
  private static String event(TestServer.Raw raw) throws IOException {
    String text = " ";
    while (text.equals(" ")) {
      text = chunk(raw);
    }
    return text;
  }

  @Test
  void theHeadIsSentBeforeThereIsAnyEvent() throws Exception {
    try (var raw = server.raw()) {
      raw.send(WATCH);
      assertThat(raw.head()).contains("HTTP/1.1 200 OK").contains("Transfer-Encoding: chunked");
    }
  }

  @Test
  void eachEventIsSentAtOnceAndTheEndIsProper() throws Exception {
    try (var raw = server.raw()) {
      raw.send(WATCH);
      raw.head();
      for (int i = 0; i < 5; i++) {
        events.emit("{\"n\":" + i + "}\n");
        assertThat(event(raw)).isEqualTo("{\"n\":" + i + "}\n");
      }
      events.queue.add(END);
      assertThat(event(raw)).isEmpty();
      raw.send("GET /livez HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(raw.head().getFirst()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void aWatchIsNeverFolded() throws Exception {
    try (var raw = server.raw()) {
      raw.send("GET /apis?watch=1 HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
      assertThat(raw.head()).noneMatch(line -> line.contains("gzip"));
      events.emit("x".repeat(10_000));
      assertThat(event(raw)).isEqualTo("x".repeat(10_000));
    }
  }

  @Test
  void aQuietWatchIsKeptAliveBySpaces() throws Exception {
    try (var raw = server.raw()) {
      raw.send(WATCH);
      raw.head();
      assertThat(chunk(raw)).isEqualTo(" ");
      assertThat(chunk(raw)).isEqualTo(" ");
    }
  }

  @Test
  void aVanishedClientEndsTheWatch() throws Exception {
    var raw = server.raw();
    raw.send(WATCH);
    raw.head();
    raw.close();
    assertThat(events.closed.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aClientThatStopsReadingEndsTheWatch() throws Exception {
    try (var raw = server.raw()) {
      raw.send(WATCH);
      raw.head();
      for (int i = 0; i < 1000; i++) {
        events.emit("x".repeat(16_000));
      }
      assertThat(events.closed.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aWatchThatBreaksDoesNotLookFinished() throws Exception {
    var broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("too slow");
          }
        };
    try (var breaking = new TestServer((s, r, q) -> new ApiResponse(200, Headers.NONE, broken));
        var raw = breaking.raw()) {
      raw.send(WATCH);
      assertThat(raw.head().getFirst()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(raw.in.readLine()).isNull();
    }
  }

  @Test
  void aWebSocketIsAnsweredSoThatClientsFallBack() throws Exception {
    try (var raw = server.raw()) {
      raw.send(
          "GET /apis?watch=true HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
              + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      assertThat(raw.head()).contains("HTTP/1.1 200 OK").contains("Content-Length: 0");
      assertThat(server.request.get()).isNull();
    }
  }

  @Test
  void stoppingEndsWatchesProperly() throws Exception {
    try (var raw = server.raw()) {
      raw.send(WATCH);
      raw.head();
      server.close();
      assertThat(event(raw)).isEmpty();
      assertThat(raw.in.readLine()).isNull();
    }
  }

  @Test
  void stoppingLetsARequestFinish() throws Exception {
    var entered = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var slow =
        new TestServer(
            (s, r, q) -> {
              entered.countDown();
              try {
                release.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return TestServer.json("done");
            });
    try (var raw = slow.raw()) {
      raw.send("GET /apis HTTP/1.1\r\nHost: h\r\n\r\n");
      entered.await();
      var stopping = Thread.ofVirtual().start(slow::close);
      assertThatThrownBy(() -> connectUntilRefused(slow)).isInstanceOf(IOException.class);
      release.countDown();
      assertThat(raw.head().getFirst()).isEqualTo("HTTP/1.1 200 OK");
      stopping.join();
    }
  }

  private static void connectUntilRefused(TestServer server) throws IOException {
    for (int i = 0; i < 10_000; i++) {
      new java.net.Socket("127.0.0.1", server.server.address().getPort()).close();
    }
  }

  @Test
  void anIdleConnectionDoesNotHoldUpTheStop() throws Exception {
    try (var raw = server.raw()) {
      raw.send("GET /livez HTTP/1.1\r\nHost: h\r\n\r\n");
      raw.head();
      server.close();
    }
  }
}
