package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.config.Repository;
import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deliveries that are sent before they are stored, and what becomes of them if they are not. */
@Timeout(300)
class DraftsTest {
  private static final Duration FUSE = Duration.ofSeconds(120);
  private static final ObjectId COMMIT = ObjectId.of("1".repeat(40));

  private Forge forge = Forge.started();

  @AfterEach
  void stop() {
    forge.close();
  }

  @Test
  void aDeliveryIsStoredOnceWithItsFirstAttempt() throws Exception {
    try (var receiver = Receiver.accepting()) {
      forge.subscribe("ci", receiver.url());
      forge.issue("first");
      receiver.next();
      await().atMost(FUSE).until(() -> forge.phases().equals(List.of("Delivered")));
      ApiObject delivery = forge.deliveries().getFirst();
      assertThat(Forge.status(delivery).attemptCount()).isEqualTo(1);
      assertThat(forge.writes(delivery.name())).isEqualTo(1);
    }
  }

  @Test
  void whatWasSentBeforeAKillAndNotStoredIsSentAgainInOrder() throws Exception {
    var dying = new AtomicReference<Forge>();
    var all = new CountDownLatch(1);
    try (var receiver =
        Receiver.answering(
            (request, exchange) -> {
              Forge now = dying.getAndSet(null);
              if (now != null) {
                waitFor(all);
                now.storage.close();
              }
              Receiver.status(exchange, 200);
            })) {
      forge.subscribe("ci", receiver.url());
      forge.issue("first");
      String first = receiver.next().header("webhook-id");
      await().atMost(FUSE).until(() -> forge.phases().equals(List.of("Delivered")));
      dying.set(forge);
      forge.issue("second");
      String second = receiver.next().header("webhook-id");
      forge.issue("third");
      all.countDown();
      await().atMost(FUSE).until(() -> dying.get() == null && receiver.all().size() >= 2);

      forge = forge.killed();

      await()
          .atMost(FUSE)
          .until(() -> forge.phases().equals(List.of("Delivered", "Delivered", "Delivered")));
      List<String> ids = new ArrayList<>();
      receiver.all().forEach(request -> ids.add(request.header("webhook-id")));
      assertThat(ids).filteredOn(first::equals).hasSize(1);
      assertThat(ids).filteredOn(second::equals).hasSizeGreaterThan(1);
      assertThat(new LinkedHashSet<>(ids))
          .containsExactlyElementsOf(
              forge.deliveries().stream().map(d -> d.text("status", "eventId")).toList());
    }
  }

  @Test
  void moreEventsThanThereMayBeDraftsForDeadReceiversHoldUpNoOther() throws Exception {
    var never = new CountDownLatch(1);
    int dead = 10;
    int events = 450;
    assertThat(dead * events).isGreaterThan(Unstored.MOST);
    try (var stuck = Receiver.answering((request, exchange) -> waitFor(never));
        var well = Receiver.accepting()) {
      for (int i = 0; i < dead; i++) {
        subscribe("stuck-" + i, stuck.url(), "ref.created");
      }
      subscribe("well", well.url(), "issue.*");
      for (int i = 0; i < events; i++) {
        forge.move("refs/heads/topic-" + i, null, COMMIT);
      }
      forge.issue("after");

      assertThat(well.next().type()).isEqualTo("issue.created");

      long last = forge.storage.records().head().value();
      await()
          .atMost(FUSE)
          .until(() -> forge.storage.records().counter(LogPosition.RECORDS) >= last);
      assertThat(forge.deliveries()).hasSize(dead * events + 1);
      never.countDown();
    }
  }

  @Test
  void aLaneReturnsToDraftsWhenItsReceiverIsBack() throws Exception {
    var down = new AtomicBoolean(true);
    try (var receiver =
        Receiver.answering(
            (request, exchange) -> Receiver.status(exchange, down.get() ? 500 : 200))) {
      forge.subscribe("ci", receiver.url());
      for (int i = 0; i < 3; i++) {
        forge.issue("down-" + i);
      }
      await()
          .atMost(FUSE)
          .until(() -> forge.phases().equals(List.of("Retrying", "Pending", "Pending")));
      down.set(false);
      await()
          .atMost(FUSE)
          .until(() -> forge.phases().equals(List.of("Delivered", "Delivered", "Delivered")));
      await().atMost(FUSE).until(() -> forge.subscription("ci").pending() == 0);
      forge.issue("up");
      await().atMost(FUSE).until(() -> forge.phases().size() == 4);
      await().atMost(FUSE).until(() -> forge.phases().stream().allMatch("Delivered"::equals));
      assertThat(forge.writes(forge.deliveries().getLast().name())).isEqualTo(1);
    }
  }

  @Test
  void aSubscriptionThatWasMadeAgainGetsNothingOfTheOneBefore() throws Exception {
    var never = new CountDownLatch(1);
    try (var stuck = Receiver.answering((request, exchange) -> waitFor(never));
        var well = Receiver.accepting()) {
      forge.subscribe("ci", stuck.url(), ", 'timeout': '60s'");
      forge.issue("before");
      stuck.next();
      forge.issue("between");
      forge.ada.delete(
          Forge.kind(WebhookSubscription.class),
          forge.ada.get(Forge.kind(WebhookSubscription.class), "team", "ci").orElseThrow());
      forge.subscribe("ci", well.url());
      never.countDown();
      forge.issue("after");

      assertThat(well.next().body()).contains("\"after\"");
      await()
          .atMost(FUSE)
          .until(() -> forge.phases().equals(List.of("Failed", "Failed", "Delivered")));
      assertThat(well.all()).hasSize(1);
    }
  }

  @Test
  void deliveriesOfADeletedRepositoryEnd() throws Exception {
    int port = freePort();
    forge.subscribe("ci", "http://127.0.0.1:" + port + "/hook");
    forge.issue("first");
    await().atMost(FUSE).until(() -> forge.phases().equals(List.of("Retrying")));
    forge.ada.delete(
        Forge.kind(Repository.class),
        forge.ada.get(Forge.kind(Repository.class), "team", "web").orElseThrow());
    await().atMost(FUSE).until(() -> forge.phases().equals(List.of("Retrying", "Pending")));

    try (var receiver = new Receiver(port, (request, exchange) -> Receiver.status(exchange, 200))) {
      assertThat(receiver.next().type()).isEqualTo("issue.created");
      assertThat(receiver.next().type()).isEqualTo("repository.deleted");
      await().atMost(FUSE).until(() -> forge.phases().equals(List.of("Delivered", "Delivered")));
    }
  }

  private void subscribe(String name, String url, String events) {
    var unused =
        forge.create(
            WebhookSubscription.class,
            """
            {'metadata': {'name': '%s', 'namespace': 'team'},
             'spec': {'url': '%s', 'events': ['%s'], 'timeout': '60s',
               'secretRefs': [{'name': 'signing', 'key': 'key'}]}}
            """
                .formatted(name, url, events));
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      boolean unused = latch.await(5, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
