package ai.a5c.krate.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Storage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/**
 * The contract notices what it forbids: for each rule one store that breaks it, and nothing else.
 */
class ResourceStoreContractTest {
  private static final AtomicReference<Function<FakeStorage, BentStorage>> BEND =
      new AtomicReference<>(BentStorage::new);

  @ParameterizedTest(name = "a store that breaks {0} fails that rule alone")
  @MethodSource("brokenRules")
  void aBrokenStoreFailsItsRuleAlone(String rule) {
    assertThat(failures(Objects.requireNonNull(flaws().get(rule)))).containsExactly(rule);
  }

  @Test
  void aWholeStoreFailsNoRule() {
    assertThat(failures(BentStorage::new)).isEmpty();
  }

  @Test
  void everyRuleHasAStoreThatBreaksIt() {
    Set<String> rules = new TreeSet<>(rulesOf(run(BentStorage::new).succeeded()));

    assertThat(rules).hasSizeGreaterThan(75);
    assertThat(flaws().keySet()).containsExactlyInAnyOrderElementsOf(rules);
  }

  static Stream<String> brokenRules() {
    return flaws().keySet().stream().sorted();
  }

  private static Map<String, Function<FakeStorage, BentStorage>> flaws() {
    var flaws = new HashMap<String, Function<FakeStorage, BentStorage>>();
    flaws.putAll(BrokenCommits.FLAWS);
    flaws.putAll(BrokenSlots.FLAWS);
    flaws.putAll(BrokenCounters.FLAWS);
    flaws.putAll(BrokenLists.FLAWS);
    flaws.putAll(BrokenFeeds.FLAWS);
    flaws.putAll(BrokenRequirements.FLAWS);
    return flaws;
  }

  private static List<String> failures(Function<FakeStorage, BentStorage> bend) {
    return rulesOf(run(bend).failed());
  }

  private static List<String> rulesOf(Events events) {
    return events
        .map(event -> event.getTestDescriptor().getDisplayName())
        .map(name -> name.substring(0, name.indexOf(' ')))
        .toList();
  }

  private static Events run(Function<FakeStorage, BentStorage> bend) {
    BEND.set(bend);
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(Bent.class))
        .execute()
        .testEvents();
  }

  /** Not run by itself: its name does not end as tests' do. */
  static class Bent extends ResourceStoreContract {
    @Override
    protected Storage openEmpty(Set<String> recordGroups, InstantSource clock) {
      return BEND.get().apply(new FakeStorage(recordGroups, clock));
    }

    @Override
    protected void compact(Storage storage, Revision upTo) {
      ((BentStorage) storage).compact(upTo);
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(3);
    }
  }
}
