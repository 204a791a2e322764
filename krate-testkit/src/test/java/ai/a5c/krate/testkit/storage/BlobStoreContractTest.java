package ai.a5c.krate.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import ai.a5c.krate.spi.blob.BlobStore;
import ai.a5c.krate.spi.storage.Storage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/**
 * The contract notices what it forbids: for each rule one store that breaks it, and nothing else.
 */
class BlobStoreContractTest {
  private static final AtomicReference<BrokenBlobs.Flaw> FLAW =
      new AtomicReference<>(BentBlobs::new);

  @ParameterizedTest(name = "a store that breaks {0} fails that rule alone")
  @MethodSource("brokenRules")
  void aBrokenStoreFailsItsRuleAlone(String rule) {
    Events events = run(Objects.requireNonNull(BrokenBlobs.FLAWS.get(rule)));
    assertThat(rulesOf(events.failed())).containsExactly(rule);
  }

  @Test
  void everyRuleHasAStoreThatBreaksItAndAWholeStoreFailsNone() {
    Events events = run(BentBlobs::new);
    Set<String> rules = new TreeSet<>(rulesOf(events.succeeded()));

    assertThat(rulesOf(events.failed())).isEmpty();
    assertThat(rules).hasSizeGreaterThan(20);
    assertThat(BrokenBlobs.FLAWS.keySet()).containsExactlyInAnyOrderElementsOf(rules);
  }

  static Stream<String> brokenRules() {
    return BrokenBlobs.FLAWS.keySet().stream().sorted();
  }

  private static List<String> rulesOf(Events events) {
    return events
        .map(event -> event.getTestDescriptor().getDisplayName())
        .map(name -> name.substring(0, name.indexOf(' ')))
        .toList();
  }

  private static Events run(BrokenBlobs.Flaw flaw) {
    FLAW.set(flaw);
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(Bent.class))
        .execute()
        .testEvents();
  }

  /** Not run by itself: its name does not end as tests' do. */
  static class Bent extends BlobStoreContract {
    @Override
    protected List<Storage> openEmpty(int servers) {
      List<Storage> opened = new ArrayList<>();
      var first = new FakeStorage(Set.of(), InstantSource.system());
      for (int server = 0; server < servers; server++) {
        FakeStorage one = first.reopen();
        BlobStore bent = FLAW.get().bend(one.blobs(), server);
        opened.add(
            new BentStorage(one) {
              @Override
              public BlobStore blobs() {
                return bent;
              }
            });
      }
      return opened;
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(20);
    }
  }
}
