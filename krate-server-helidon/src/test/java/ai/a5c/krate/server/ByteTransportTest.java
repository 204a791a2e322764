package ai.a5c.krate.server;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies of which every byte counts, such as logs. */
@Timeout(120)
class ByteTransportTest {
  private static final byte[] END = {};
  private static final String LOG = "GET /log?follow=true HTTP/1.1\r\nHost: h\r\n\r\n";

  /** A log whose pieces the test hands in. */
  private static final class Pieces extends InputStream {
    private final LinkedBlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    void emit(String piece) {
      queue.add(piece.getBytes(StandardCharsets.UTF_8));
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

  private final Pieces pieces = new Pieces();
  private final Pieces others = new Pieces();
  private final TestServer server =
      new TestServer(
          (subject, remote, request) ->
              new ApiResponse(
                  200,
                  Headers.of("Content-Type", "text/plain"),
                  request.target().startsWith("/log") ? pieces : others));

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

  @Test
  void eachPieceIsSentAtOnceAndNothingIsAdded() throws Exception {
    try (var raw = server.raw()) {
      raw.send(LOG);
      assertThat(raw.head())
          .contains("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Content-Type: text/plain");
      for (int i = 0; i < 50; i++) {
        pieces.emit("line " + i + "\n");
        assertThat(chunk(raw)).isEqualTo("line " + i + "\n");
      }
      pieces.queue.add(END);
      assertThat(chunk(raw)).isEmpty();
      raw.send("GET /livez HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(raw.head().getFirst()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void aClientThatHangsUpEndsAQuietOne() throws Exception {
    var raw = server.raw();
    raw.send(LOG);
    raw.head();
    raw.close();
    assertThat(pieces.closed.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatAClientSaysMeanwhileIsNotLost() throws Exception {
    try (var raw = server.raw()) {
      raw.send(LOG);
      raw.head();
      for (int i = 0; i < 20; i++) {
        raw.send("GET /livez?n=" + i + " HTTP/1.1\r\nHost: h\r\n\r\n");
      }
      awaitHeard();
      pieces.emit("last");
      assertThat(chunk(raw)).isEqualTo("last");
      pieces.queue.add(END);
      assertThat(chunk(raw)).isEmpty();
      for (int i = 0; i < 20; i++) {
        assertThat(raw.head().getFirst()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(raw.in.read()).isEqualTo('o');
        assertThat(raw.in.read()).isEqualTo('k');
      }
    }
  }

  /** Until the server has listened to another client long enough to notice that it hung up. */
  private void awaitHeard() throws Exception {
    var raw = server.raw();
    raw.send(LOG.replace("/log", "/other"));
    raw.head();
    raw.close();
    assertThat(others.closed.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aServerThatStopsDoesNotMakeItLookComplete() throws Exception {
    try (var raw = server.raw()) {
      raw.send(LOG);
      raw.head();
      pieces.emit("some");
      assertThat(chunk(raw)).isEqualTo("some");
      server.close();
      assertThat(raw.in.readLine()).isNull();
    }
  }

  @Test
  void headHasNoBodyHoweverLongItWouldGoOn() throws Exception {
    try (var raw = server.raw()) {
      raw.send(LOG.replace("GET", "HEAD") + "GET /livez HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(raw.head()).contains("HTTP/1.1 200 OK", "Content-Type: text/plain");
      assertThat(raw.head().getFirst()).isEqualTo("HTTP/1.1 200 OK");
    }
  }
}
