package ai.a5c.krate.server;

import ai.a5c.krate.api.ApiResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A response that goes on until somebody ends it, such as a watch: written and flushed as it comes,
 * kept alive while it is quiet.
 */
final class LiveBody implements AutoCloseable {
  private static final int BUFFER = 16 << 10;

  private final ApiResponse response;
  private final OutputStream out;
  private final Connections connections;
  private final long heartbeat;
  private final ReentrantLock writing = new ReentrantLock();
  private volatile long writtenAt;
  private volatile boolean ended;
  private boolean finished;

  LiveBody(ApiResponse response, OutputStream out, Connections connections, Limits limits) {
    this.response = response;
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
        if (ended) {
          return;
        }
        throw e;
      }
      if (count < 0) {
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
      Thread.ofVirtual().name("krate-heartbeat").start(this::beat);
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
