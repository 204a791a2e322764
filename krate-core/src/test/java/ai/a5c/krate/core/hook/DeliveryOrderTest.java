package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.Size;

class DeliveryOrderTest {
  /** What the receiver does with a request. */
  enum Reply {
    ACCEPTED,
    FAILED,
    BUSY,
    MOVED,
    CUT_OFF,
    STALLED
  }

  /** What happens between two events. */
  enum Between {
    NOTHING,
    RESTART,
    KILL
  }

  @Property(tries = 24, shrinking = ShrinkingMode.OFF)
  void everyEventArrivesAndNoneBeforeAnEarlierOneHas(
      @ForAll @Size(max = 25) List<Reply> replies,
      @ForAll @Size(min = 1, max = 10) List<Between> events)
      throws Exception {
    var requests = new AtomicInteger();
    List<String> accepted = new ArrayList<>();
    List<String> tried = new ArrayList<>();
    try (var receiver =
        Receiver.answering(
            (request, exchange) -> {
              int n = requests.getAndIncrement();
              Reply reply = n < replies.size() ? replies.get(n) : Reply.ACCEPTED;
              synchronized (tried) {
                tried.add(request.header("webhook-id"));
                if (reply == Reply.ACCEPTED) {
                  accepted.add(request.header("webhook-id"));
                }
              }
              switch (reply) {
                case ACCEPTED -> Receiver.status(exchange, 200);
                case FAILED -> Receiver.status(exchange, 500);
                case MOVED -> Receiver.status(exchange, 301);
                case BUSY -> {
                  exchange.getResponseHeaders().add("Retry-After", "0");
                  Receiver.status(exchange, 503);
                }
                case CUT_OFF -> exchange.sendResponseHeaders(200, 1_000);
                case STALLED -> longerThanTheTimeout();
              }
            })) {
      Forge forge = Forge.started();
      try {
        forge.subscribe("ci", receiver.url(), ", 'timeout': '250ms'");
        int n = 0;
        for (Between between : events) {
          forge.issue("issue-" + n++);
          forge =
              switch (between) {
                case NOTHING -> forge;
                case RESTART -> forge.restarted();
                case KILL -> forge.killed();
              };
        }
        Forge last = forge;
        await()
            .atMost(Duration.ofSeconds(90))
            .pollInterval(Duration.ofMillis(5))
            .until(() -> delivered(last) == events.size());
        List<String> ids =
            last.deliveries().stream().map(d -> d.text("status", "eventId")).toList();
        synchronized (tried) {
          assertThat(distinct(accepted)).containsExactlyElementsOf(ids);
          assertThat(distinct(tried)).containsExactlyElementsOf(ids);
          if (!events.contains(Between.KILL)) {
            assertThat(inRuns(tried)).containsExactlyElementsOf(ids);
          }
        }
      } finally {
        forge.close();
      }
    }
  }

  private static void longerThanTheTimeout() {
    try {
      boolean unused = new CountDownLatch(1).await(400, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long delivered(Forge forge) {
    return forge.phases().stream().filter("Delivered"::equals).count();
  }

  private static Set<String> distinct(List<String> ids) {
    return new LinkedHashSet<>(ids);
  }

  /**
   * The ids, an immediate repetition counted once: unless killed, none comes back after another.
   */
  private static List<String> inRuns(List<String> ids) {
    List<String> runs = new ArrayList<>();
    for (String id : ids) {
      if (runs.isEmpty() || !runs.getLast().equals(id)) {
        runs.add(id);
      }
    }
    return runs;
  }
}
