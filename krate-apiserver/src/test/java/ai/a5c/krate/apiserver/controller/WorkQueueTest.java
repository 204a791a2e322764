package ai.a5c.krate.apiserver.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkQueueTest {
  private static final ObjectName A = new ObjectName("team", "a");
  private static final ObjectName B = new ObjectName("team", "b");

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final WorkQueue queue = new WorkQueue(now::get);

  @Test
  void aNameIsGivenOnceHoweverOftenItWasAdded() throws Exception {
    queue.add(A, 0);
    queue.add(A, 0);
    queue.add(B, 0);

    assertThat(queue.take()).isEqualTo(A);
    assertThat(queue.take()).isEqualTo(B);
    queue.done(A);
    queue.done(B);
    queue.add(B, 0);
    assertThat(queue.take()).isEqualTo(B);
  }

  @Test
  void aNameThatIsWorkedOnIsGivenAgainAfterwards() throws Exception {
    queue.add(A, 0);
    assertThat(queue.take()).isEqualTo(A);
    queue.add(A, 0);
    queue.add(B, 0);

    assertThat(queue.take()).isEqualTo(B);
    queue.done(A);
    assertThat(queue.take()).isEqualTo(A);
  }

  @Test
  void theEarlierOfTwoLooksCountsAndTheLaterIsForgotten() throws Exception {
    queue.add(A, 100);
    queue.add(B, 50);
    queue.add(A, 0);
    queue.add(A, 200);

    assertThat(queue.take()).isEqualTo(A);
    queue.done(A);
    now.addAndGet(1_000);
    assertThat(queue.take()).isEqualTo(B);
    queue.add(A, 10_000);
    queue.add(A, 0);
    assertThat(queue.take()).isEqualTo(A);
  }

  @Test
  void closingWakesWhoeverWaits() throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<ObjectName> waiting = executor.submit(queue::take);
      queue.close();
      assertThatThrownBy(waiting::get).hasRootCauseInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(queue::take).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void noNameIsWithTwoWorkersAndNoneIsLost() throws Exception {
    WorkQueue busy = new WorkQueue(System::nanoTime);
    Set<ObjectName> working = ConcurrentHashMap.newKeySet();
    AtomicInteger clashes = new AtomicInteger();
    ConcurrentHashMap<ObjectName, Long> lastSeen = new ConcurrentHashMap<>();
    AtomicLong versions = new AtomicLong();
    CountDownLatch settled = new CountDownLatch(10);
    ConcurrentHashMap<ObjectName, Long> wanted = new ConcurrentHashMap<>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        executor.submit(
            () -> {
              while (true) {
                ObjectName name = busy.take();
                if (!working.add(name)) {
                  clashes.incrementAndGet();
                }
                Long version = wanted.get(name);
                lastSeen.put(name, version == null ? -1L : version);
                if (version != null && version >= 1_000_000) {
                  settled.countDown();
                }
                working.remove(name);
                busy.done(name);
              }
            });
      }
      for (int i = 0; i < 20_000; i++) {
        ObjectName name = new ObjectName("team", "n" + i % 10);
        wanted.put(name, versions.incrementAndGet());
        busy.add(name, 0);
      }
      for (int i = 0; i < 10; i++) {
        ObjectName name = new ObjectName("team", "n" + i);
        wanted.put(name, 1_000_000L);
        busy.add(name, 0);
      }
      assertThat(settled.await(20, TimeUnit.SECONDS)).isTrue();
      busy.close();
    }
    assertThat(clashes).hasValue(0);
    assertThat(lastSeen.values()).containsOnly(1_000_000L);
  }
}
