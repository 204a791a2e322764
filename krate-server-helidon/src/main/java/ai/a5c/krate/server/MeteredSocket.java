package ai.a5c.krate.server;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The socket under TLS. It bounds what one call may take from the network, because the HTTP layer
 * above holds a chunk of a request's body in memory as a whole, however long the client says it is;
 * and it tells since when a write is waiting for the client, so that {@link Connections} can end
 * it.
 */
final class MeteredSocket extends Socket {
  private static final ThreadLocal<@Nullable MeteredSocket> CURRENT = new ThreadLocal<>();
  private static final long MOMENT = 500_000_000;
  private static final long UNMETERED = Long.MAX_VALUE;

  /** What a client may say while it is listened to: the end of TLS, or the next request. */
  private static final int MOST_HEARD = 4 << 10;

  private final Socket wire;
  private final Connections connections;
  private final long openedAt;
  private volatile boolean used;
  private volatile boolean busy;
  private volatile long wroteAt;
  private volatile long writingSince = Connections.NEVER;
  private volatile long allowance = UNMETERED;
  private final ReentrantLock reading = new ReentrantLock();
  private final ReentrantLock timing = new ReentrantLock();

  /** What came while the client was listened to, for whoever reads next. */
  private byte[] heard = {};

  MeteredSocket(Socket wire, Connections connections) {
    this.wire = wire;
    this.connections = connections;
    this.openedAt = connections.now();
    CURRENT.set(this);
    connections.add(this);
  }

  /** The socket of the connection that this thread serves. */
  static MeteredSocket current() {
    MeteredSocket current = CURRENT.get();
    if (current == null) {
      throw new IllegalStateException("this thread serves no connection");
    }
    return current;
  }

  /** A request is here. */
  void begin() {
    used = true;
    busy = true;
  }

  /** The request is answered, but for the last bytes that may be on their way. */
  void finish() {
    wroteAt = connections.now();
    busy = false;
  }

  /** Whether nothing is asked or answered on this connection, and was not for a moment. */
  boolean idle(long now) {
    return !busy && writingSince == Connections.NEVER && now - wroteAt > MOMENT;
  }

  /** From now on, and until it is set again, this many bytes may come from the network. */
  void allow(long bytes) {
    allowance = bytes;
  }

  void allowAll() {
    allowance = UNMETERED;
  }

  boolean used() {
    return used;
  }

  long openedAt() {
    return openedAt;
  }

  /** Since when a write waits for the client, {@link Connections#NEVER} if none does. */
  long writingSince() {
    return writingSince;
  }

  /** Drops the connection; whoever reads or writes it fails. */
  void abort() {
    connections.remove(this);
    try {
      wire.close();
    } catch (IOException e) {
      Connections.LOGGER.log(System.Logger.Level.DEBUG, "closing a connection", e);
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(wire.getInputStream()) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        reading.lock();
        try {
          int count =
              heard.length == 0 ? super.read(into, offset, length) : hear(into, offset, length);
          spend(Math.max(0, count));
          return count;
        } finally {
          reading.unlock();
        }
      }
    };
  }

  private int hear(byte[] into, int offset, int length) {
    int count = Math.min(length, heard.length);
    System.arraycopy(heard, 0, into, offset, count);
    heard = Arrays.copyOfRange(heard, count, heard.length);
    return count;
  }

  /**
   * Whether the client has hung up, of which a server that only writes now and then hears nothing.
   * Knows nothing while somebody reads, or once the client has said much that nobody has read.
   */
  boolean clientIsGone() {
    if (!reading.tryLock()) {
      return false;
    }
    try {
      return heard.length < MOST_HEARD && listen();
    } finally {
      reading.unlock();
    }
  }

  private boolean listen() {
    byte[] more = new byte[MOST_HEARD - heard.length];
    timing.lock();
    try {
      int timeout = wire.getSoTimeout();
      wire.setSoTimeout(1);
      try {
        for (int count; more.length > 0 && (count = wire.getInputStream().read(more)) >= 0; ) {
          int before = heard.length;
          heard = Arrays.copyOf(heard, before + count);
          System.arraycopy(more, 0, heard, before, count);
          more = new byte[MOST_HEARD - heard.length];
        }
        return more.length > 0;
      } catch (SocketTimeoutException e) {
        return false;
      } finally {
        wire.setSoTimeout(timeout);
      }
    } catch (IOException e) {
      return true;
    } finally {
      timing.unlock();
    }
  }

  private void spend(int bytes) throws IOException {
    long left = allowance;
    if (left != UNMETERED) {
      if (bytes > left) {
        throw new IOException("the client sends more at once than is taken");
      }
      allowance = left - bytes;
    }
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    OutputStream out = wire.getOutputStream();
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        writingSince = connections.now();
        try {
          out.write(from, offset, length);
        } finally {
          wroteAt = connections.now();
          writingSince = Connections.NEVER;
        }
      }

      @Override
      public void flush() throws IOException {
        out.flush();
      }

      @Override
      public void close() throws IOException {
        MeteredSocket.this.close();
      }
    };
  }

  @Override
  public void close() throws IOException {
    connections.remove(this);
    wire.close();
  }

  @Override
  public void setSoTimeout(int milliseconds) throws SocketException {
    timing.lock();
    try {
      wire.setSoTimeout(milliseconds);
    } finally {
      timing.unlock();
    }
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return wire.getSoTimeout();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    wire.setTcpNoDelay(on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return wire.getTcpNoDelay();
  }

  @Override
  public void setSoLinger(boolean on, int seconds) throws SocketException {
    wire.setSoLinger(on, seconds);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return wire.getSoLinger();
  }

  @Override
  public void shutdownInput() throws IOException {
    wire.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    wire.shutdownOutput();
  }

  @Override
  public boolean isInputShutdown() {
    return wire.isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    return wire.isOutputShutdown();
  }

  @Override
  public boolean isConnected() {
    return wire.isConnected();
  }

  @Override
  public boolean isBound() {
    return wire.isBound();
  }

  @Override
  public boolean isClosed() {
    return wire.isClosed();
  }

  @Override
  public @Nullable InetAddress getInetAddress() {
    return wire.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return wire.getLocalAddress();
  }

  @Override
  public int getPort() {
    return wire.getPort();
  }

  @Override
  public int getLocalPort() {
    return wire.getLocalPort();
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    return wire.getRemoteSocketAddress();
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return wire.getLocalSocketAddress();
  }
}
