package ai.a5c.krate.core.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SharedReadsTest {
  private final Store store = new Store();
  private final SharedReads reads = new SharedReads(store);

  /** A store whose objects all say how often something was written to it; "none" is missing. */
  private static final class Store implements SharedReads.Reader {
    private final AtomicLong writes = new AtomicLong();
    private final AtomicInteger busy = new AtomicInteger();
    private final List<Integer> sizes = new ArrayList<>();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private volatile Semaphore held = new Semaphore(Integer.MAX_VALUE);
    private volatile boolean away;

    @Override
    public List<ApiObject> getAll(Kind kind, String namespace, List<String> names) {
      assertThat(busy.incrementAndGet()).isEqualTo(1);
      long now = writes.get();
      synchronized (sizes) {
        sizes.add(names.size());
      }
      arrived.countDown();
      held.acquireUninterruptibly();
      busy.decrementAndGet();
      if (away) {
        throw new StoreUnavailableException("away", new IllegalStateException());
      }
      return names.stream().filter(name -> !name.equals("none")).map(n -> object(n, now)).toList();
    }

    private static ApiObject object(String name, long writes) {
      return new ApiObject(
          Json.object()
              .add("metadata", Json.object().add("name", name))
              .add("spec", Json.object().add("writes", writes))
              .build());
    }
  }

  private SharedReads.Asked ask(String name) {
    return reads.ask(ForgeKinds.JOB, "team", name);
  }

  private static long writes(ApiObject object) {
    return Long.parseLong(object.at("spec", "writes").orElseThrow().toString());
  }

  @Test
  void eachGetsItsOwnAndWhatIsNotThereIsMissing() throws Exception {
    SharedReads.Asked one = ask("one");
    SharedReads.Asked none = ask("none");
    SharedReads.Asked two = ask("two");

    assertThat(one.get().map(ApiObject::name)).contains("one");
    assertThat(none.get()).isEmpty();
    assertThat(two.get().map(ApiObject::name)).contains("two");
  }

  @Test
  void whatIsAskedForMeanwhileIsReadTogether() throws Exception {
    store.held = new Semaphore(0);
    SharedReads.Asked first = ask("first");
    store.arrived.await();
    List<SharedReads.Asked> rest = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      rest.add(ask("n" + i % 200));
    }
    store.held.release(1_000);

    assertThat(first.get()).isPresent();
    for (SharedReads.Asked one : rest) {
      assertThat(one.get()).isPresent();
    }
    // Whoever asks for what a full read does not have begins another one, which all can join.
    assertThat(store.sizes.getFirst()).isEqualTo(1);
    assertThat(store.sizes).hasSizeLessThan(10).allMatch(n -> n <= Client.MOST_TOGETHER);
  }

  @Test
  void nobodyIsToldWhatWasSoBeforeHeAsked() throws Exception {
    List<Callable<Boolean>> askers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      String name = "n" + i % 7;
      askers.add(
          () -> {
            long before = store.writes.incrementAndGet();
            Optional<ApiObject> found = ask(name).get();
            return found.map(SharedReadsTest::writes).orElseThrow() >= before;
          });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> one : threads.invokeAll(askers)) {
        assertThat(one.get()).isTrue();
      }
    }
  }

  @Test
  void aFailureIsToldToAllWhomItConcernsAndToNobodyElse() throws Exception {
    store.held = new Semaphore(0);
    store.away = true;
    SharedReads.Asked one = ask("one");
    SharedReads.Asked same = ask("one");
    store.held.release(1_000);
    assertThatThrownBy(one::get).isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(same::get).isInstanceOf(StoreUnavailableException.class);

    store.away = false;
    assertThat(ask("one").get()).isPresent();
  }
}
