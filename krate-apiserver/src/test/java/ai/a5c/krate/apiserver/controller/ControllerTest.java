package ai.a5c.krate.apiserver.controller;

import static ai.a5c.krate.apiserver.house.House.NOTE;
import static ai.a5c.krate.apiserver.house.House.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.spi.storage.Change;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ControllerTest {
  private final House house = new House();
  private final BlockingQueue<String> looked = new LinkedBlockingQueue<>();
  private final ConcurrentHashMap<String, AtomicInteger> failures = new ConcurrentHashMap<>();
  private final AtomicInteger brokenReadings = new AtomicInteger();

  @AfterEach
  void close() {
    house.close();
  }

  /** Looks at notes, and writes down what it sees. */
  private final class Looking implements Reconciler {
    @Override
    public String name() {
      return "looking";
    }

    @Override
    public Kind kind() {
      return NOTE;
    }

    @Override
    public List<ObjectName> affected(Change change) {
      if (brokenReadings.getAndDecrement() > 0) {
        throw new UnsupportedOperationException("cannot read this");
      }
      return change instanceof Change.ObjectChanged changed
              && changed.object().key().resource().equals(NOTE.resource())
          ? List.of(
              new ObjectName(changed.object().key().namespace(), changed.object().key().name()))
          : List.of();
    }

    @Override
    public Optional<Duration> reconcile(ObjectName name) {
      AtomicInteger left = failures.get(name.name());
      if (left != null && left.getAndDecrement() > 0) {
        throw new UnsupportedOperationException("not yet");
      }
      looked.add(
          name.name()
              + ":"
              + house
                  .objects
                  .get(NOTE, name.namespace(), name.name())
                  .map(o -> o.text("spec", "title"))
                  .orElse("gone"));
      return Optional.empty();
    }
  }

  private Controller started(int workers) {
    return new Controller(
        new Looking(), house.objects, house.server().hubs().all(), workers, System::nanoTime);
  }

  private void awaitLook(String wanted) throws InterruptedException {
    String seen;
    do {
      seen = looked.poll(20, TimeUnit.SECONDS);
      assertThat(seen).as("waiting for " + wanted).isNotNull();
    } while (!wanted.equals(seen));
  }

  @Test
  void itLooksAtWhatIsThereAndAtWhatChanges() throws Exception {
    house.created("a");
    try (Controller controller = started(2)) {
      awaitLook("a:hello");
      house.created("b");
      awaitLook("b:hello");
      house.send("PATCH", NOTES + "/b", "{\"spec\":{\"title\":\"other\"}}");
      awaitLook("b:other");
      house.send("DELETE", NOTES + "/a", "");
      awaitLook("a:gone");
      assertThat(controller).isNotNull();
    }
  }

  @Test
  void whatFailedIsTriedAgain() throws Exception {
    failures.put("a", new AtomicInteger(3));
    try (Controller controller = started(1)) {
      house.created("a");
      awaitLook("a:hello");
      assertThat(controller).isNotNull();
    }
  }

  @Test
  void aChangeThatCannotBeReadStartsItOverRatherThanEndingIt() throws Exception {
    house.server();
    brokenReadings.set(1);
    try (Controller controller = started(1)) {
      house.created("a");
      awaitLook("a:hello");
      house.created("b");
      awaitLook("b:hello");
      assertThat(controller).isNotNull();
    }
  }

  @Test
  void itOutlivesAStoreThatIsAway() throws Exception {
    try (Controller controller = started(1)) {
      house.created("a");
      awaitLook("a:hello");
      house.storage.setUnavailable(true);
      house.storage.setUnavailable(false);
      ApiObject b = house.created("b");
      awaitLook("b:hello");
      assertThat(b.name()).isEqualTo("b");
      assertThat(controller).isNotNull();
    }
  }

  @Test
  void closingEndsItsThreads() {
    Controller controller = started(4);

    controller.close();

    house.created("a");
    assertThat(looked).isEmpty();
  }
}
