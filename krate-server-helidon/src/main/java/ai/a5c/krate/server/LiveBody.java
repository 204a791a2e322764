package ai.a5c.krate.server;

import ai.a5c.krate.api.ApiResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A response that goes on until somebody ends it, such as a watch or a log: written and flushed as
 * it comes.
 *
 * <p>That a client is gone shows in writing to it. A quiet watch is therefore sent a space now and
 * then, which JSON does not mind. Bytes that mean themselves are not added to; there the connection
 * is listened to instead. They also must not look complete when the server ends them.
 */
final class LiveBody implements AutoCloseable {
  private static final int BUFFER = 16 << 10;

  /** What the body is to its reader. */
  enum Content {
    /** White space may be added, and each text is complete in itself. */
    JSON_TEXTS,
    /** Every byte counts, and the end says that there is no more. */
    BYTES
  }

  private final ApiResponse response;
  private final Content content;
  private final MeteredSocket socket = MeteredSocket.current();
  private final OutputStream out;
  private final Connections connections;
  private final long heartbeat;
  private final ReentrantLock writing = new ReentrantLock();
  private volatile long writtenAt;
  private volatile boolean ended;
  private boolean finished;

  LiveBody(
      ApiResponse response,
      Content content,
      OutputStream out,
      Connections connections,
      Limits limits) {
    this.response = response;
    this.content = content;
    this.out = out;
    this.connections = connections;
    this.heartbeat = limits.heartbeat().toNanos();
    this.writtenAt = connections.now();
    connections.add(this);
  }

  /**
   * Copies until the body ends or the client is gone.
   *
   * @throws IOException if the body broke or the client is gone: the response must not look
   *     complete
   */
  void copy() throws IOException {
    InputStream body = response.body();
    byte[] buffer = new byte[BUFFER];
    while (true) {
      int count;
      try {
        count = body.read(buffer);
      } catch (IOException e) {
        if (ended && content == Content.JSON_TEXTS) {
          return;
        }
        throw e;
      }
      if (count < 0) {
        if (ended && content == Content.BYTES) {
          throw new IOException("the body was cut off");
        }
        return;
      }
      write(buffer, count);
    }
  }

  private void write(byte[] bytes, int count) throws IOException {
    writing.lock();
    try {
      out.write(bytes, 0, count);
      out.flush();
      writtenAt = connections.now();
    } finally {
      writing.unlock();
    }
  }

  /** Called by the keeper: an abandoned connection is only noticed by writing to it. */
  void keepAlive(long now) {
    if (now - writtenAt > heartbeat && !writing.isLocked()) {
      writtenAt = now;
      Runnable look = content == Content.JSON_TEXTS ? this::beat : this::listen;
      Thread.ofVirtual().name("krate-heartbeat").start(look);
    }
  }

  private void beat() {
    writing.lock();
    try {
      if (!finished) {
        out.write(' ');
        out.flush();
      }
    } catch (IOException e) {
      end();
    } finally {
      writing.unlock();
    }
  }

  private void listen() {
    if (socket.clientIsGone()) {
      end();
    }
  }

  /** Ends the body; may be called by any thread, more than once. */
  void end() {
    ended = true;
    response.close();
  }

  @Override
  public void close() {
    connections.remove(this);
    writing.lock();
    try {
      finished = true;
    } finally {
      writing.unlock();
    }
    response.close();
  }
}
