package ai.a5c.krate.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** The cheapest receiver of webhooks there is: reads a request, counts it and answers 204. */
final class HookReceiver implements AutoCloseable {
  private static final byte[] ANSWER =
      "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final String LENGTH = "content-length:";
  private static final Duration QUIET = Duration.ofSeconds(1);
  private static final int HEADERS = 500;
  private static final int LONGEST_LINE = 16 * 1024;

  private final ServerSocket server;
  private final LongAdder received = new LongAdder();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  HookReceiver() {
    try {
      server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("receiver").start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort() + "/";
  }

  /** How many requests were answered so far. */
  long received() {
    return received.sum();
  }

  /** Waits until nothing has come for a while. */
  void awaitQuiet() {
    long seen = -1;
    while (seen != received()) {
      seen = received();
      LockSupport.parkNanos(QUIET.toNanos());
    }
  }

  /** What plain clients reach that send it requests of the same size, each over one connection. */
  Sample plain(int clients, int body, Duration warmUp, Duration measure)
      throws InterruptedException {
    byte[] request =
        ("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + ("X-Filler: " + "x".repeat(HEADERS) + "\r\n")
                + ("Content-Length: " + body + "\r\n\r\n")
                + "x".repeat(body))
            .getBytes(StandardCharsets.US_ASCII);
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < clients; i++) {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
        socket.setTcpNoDelay(true);
        sockets.add(socket);
      }
      return Load.closed(
          clients,
          warmUp,
          measure,
          (client, number) -> {
            sockets.get(client).getOutputStream().write(request);
            byte[] unused = sockets.get(client).getInputStream().readNBytes(ANSWER.length);
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      close(sockets);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
      OutputStream out = socket.getOutputStream();
      while (true) {
        in.skipNBytes(length(in));
        out.write(ANSWER);
        received.increment();
      }
    } catch (IOException e) {
      // The sender has hung up.
    } finally {
      open.remove(socket);
    }
  }

  /** Reads a head to its end and gives the length of the body. */
  private static long length(InputStream in) throws IOException {
    long length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
        length = Long.parseLong(line.substring(LENGTH.length()).strip());
      }
    }
    return length;
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || line.length() > LONGEST_LINE) {
        throw new EOFException();
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    close(open);
  }

  private static void close(Collection<Socket> sockets) {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
