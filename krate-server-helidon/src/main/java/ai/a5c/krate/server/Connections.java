package ai.a5c.krate.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The open connections, and the one thread that looks after them: it drops who takes too long to
 * ask or to take an answer, and keeps quiet watches alive.
 */
final class Connections implements AutoCloseable {
  static final System.Logger LOGGER = System.getLogger("ai.a5c.krate.server");
  static final long NEVER = Long.MIN_VALUE;

  private final Limits limits;
  private final long begunAt = System.nanoTime();
  private final Set<MeteredSocket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<LiveBody> lives = ConcurrentHashMap.newKeySet();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread keeper;
  private volatile boolean windingDown;

  Connections(Limits limits) {
    this.limits = limits;
    this.keeper = Thread.ofPlatform().daemon().name("krate-connections").unstarted(this::keep);
  }

  void start() {
    keeper.start();
  }

  /** Nanoseconds since this object was made. */
  long now() {
    return System.nanoTime() - begunAt;
  }

  void add(MeteredSocket socket) {
    sockets.add(socket);
  }

  void remove(MeteredSocket socket) {
    sockets.remove(socket);
  }

  /** A watch that begins while the server stops is ended like those that were there. */
  void add(LiveBody live) {
    lives.add(live);
    if (windingDown) {
      live.end();
    }
  }

  void remove(LiveBody live) {
    lives.remove(live);
  }

  /**
   * Ends every watch properly, and from now on drops connections on which nothing is under way: a
   * thread that waits for a client's next request hears of nothing else.
   */
  void windDown() {
    windingDown = true;
    lives.forEach(LiveBody::end);
    Thread.ofVirtual().name("krate-wind-down").start(this::dropIdle);
  }

  private void dropIdle() {
    try {
      while (!ended.await(10, TimeUnit.MILLISECONDS)) {
        long now = now();
        for (MeteredSocket socket : sockets) {
          if (socket.idle(now)) {
            socket.abort();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep() {
    long tick =
        Math.clamp(
            Math.min(limits.heartbeat().toMillis(), limits.stall().toMillis()) / 4, 20L, 1000L);
    try {
      while (!ended.await(tick, TimeUnit.MILLISECONDS)) {
        long now = now();
        sockets.forEach(socket -> judge(socket, now));
        lives.forEach(live -> live.keepAlive(now));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void judge(MeteredSocket socket, long now) {
    long since = socket.writingSince();
    boolean stalled = since != NEVER && now - since > limits.stall().toNanos();
    boolean idler = !socket.used() && now - socket.openedAt() > limits.firstRequest().toNanos();
    if (stalled || idler) {
      socket.abort();
    }
  }

  /** Drops the connections that are left, and ends the thread. */
  @Override
  public void close() {
    ended.countDown();
    lives.forEach(LiveBody::end);
    sockets.forEach(MeteredSocket::abort);
    try {
      keeper.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
