package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class GatesTest {
  private final Gates gates = new Gates(2, 3, 2);

  @Test
  void whoIsSlowMakesRoomForTheQuick() throws Exception {
    List<Gates.Pass> slow = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Gates.Pass pass = enter("slow-" + i, false);
      assertThat(pass.isLetBeSlow()).isTrue();
      assertThat(pass.isLetBeSlow()).isTrue();
      slow.add(pass);
    }
    try (Gates.Pass one = enter("a", false);
        Gates.Pass other = enter("b", false)) {
      assertThat(one.isLetBeSlow()).as("there is no room left").isFalse();
      assertThat(other.isLetBeSlow()).isFalse();
    }
    slow.forEach(Gates.Pass::close);
    try (Gates.Pass one = enter("a", false)) {
      assertThat(one.isLetBeSlow()).isTrue();
    }
    assertThat(gates.endpoints()).isZero();
  }

  @Test
  void whoWaitsForABusyEndpointTakesNoRoom() throws Exception {
    Gates.Pass first = enter("busy", true);
    Gates.Pass second = enter("busy", true);
    var entered = new CountDownLatch(1);
    Thread third =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (Gates.Pass pass = gates.enter("busy", true)) {
                    entered.countDown();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    await().until(() -> third.getState() == Thread.State.WAITING);
    gates.enter("other", true).close();
    assertThat(entered.getCount()).isEqualTo(1);

    first.close();

    assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
    third.join();
    second.close();
    assertThat(gates.endpoints()).isZero();
  }

  @Test
  void onlySoManyPrepareTheirRequestsAtOnce() throws Exception {
    var gates = new Gates(100, 1, 100);
    List<Gates.Pass> preparing = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      preparing.add(gates.enter("a", false));
    }
    var entered = new CountDownLatch(1);
    Thread last =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (Gates.Pass pass = gates.enter("b", false)) {
                    entered.countDown();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    await().until(() -> last.getState() == Thread.State.WAITING);
    assertThat(entered.getCount()).isEqualTo(1);

    preparing.getFirst().begun();

    assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
    last.join();
    preparing.forEach(Gates.Pass::close);
    assertThat(gates.endpoints()).isZero();
  }

  private Gates.Pass enter(String endpoint, boolean inTrouble) throws InterruptedException {
    Gates.Pass pass = gates.enter(endpoint, inTrouble);
    pass.begun();
    return pass;
  }
}
