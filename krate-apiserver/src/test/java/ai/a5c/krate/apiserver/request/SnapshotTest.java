package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.NOTE;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.watch.WatchFilter;
import ai.a5c.krate.spi.storage.ListRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A part of a collection that looks at no more objects than it was told. */
class SnapshotTest {
  private final House house = new House();

  @AfterEach
  void close() {
    house.close();
  }

  private Snapshot snapshot(
      Predicate<ApiObject> selector, ListRequest.@Nullable Place after, long most) {
    @Nullable Revision at = null;
    return new Snapshot(
        house.objects,
        new WatchFilter(NOTE, "team", null, selector),
        new Snapshot.Part(after, at, 3, most));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 7, 100})
  void whatOnePageDoesNotLookAtIsLeftToTheNext(long most) {
    IntStream.range(10, 30).forEach(i -> house.created("n" + i));
    AtomicInteger looked = new AtomicInteger();
    Predicate<ApiObject> few =
        note -> {
          looked.incrementAndGet();
          return Set.of("n11", "n12", "n27").contains(note.name());
        };
    List<String> seen = new ArrayList<>();
    ListRequest.@Nullable Place after = null;
    do {
      looked.set(0);
      int before = seen.size();
      Snapshot page = snapshot(few, after, most);
      while (page.hasNext()) {
        seen.add(page.next().key().name());
      }
      assertThat(looked.get()).isLessThanOrEqualTo((int) most + seen.size() - before);
      after = page.rest().orElse(null);
    } while (after != null);

    assertThat(seen).containsExactly("n11", "n12", "n27");
  }

  @Test
  void whatWasReadAheadIsNotLost() {
    for (String name : List.of("a", "b", "c")) {
      house.created(name);
    }
    Snapshot page = snapshot(note -> true, null, Long.MAX_VALUE);

    assertThat(page.next().key().name()).isEqualTo("a");
    assertThat(page.rest()).contains(new ListRequest.Place("team", "a"));
    Assertions.assertThatIterable(() -> page)
        .extracting(o -> o.key().name())
        .containsExactly("b", "c");
    assertThat(page.rest()).isEmpty();
  }
}
