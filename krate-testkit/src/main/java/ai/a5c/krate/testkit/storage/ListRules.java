package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.SETTINGS;
import static ai.a5c.krate.testkit.storage.Bench.WIDGETS;
import static ai.a5c.krate.testkit.storage.Bench.applied;
import static ai.a5c.krate.testkit.storage.Bench.creation;
import static ai.a5c.krate.testkit.storage.Bench.delete;
import static ai.a5c.krate.testkit.storage.Bench.record;
import static ai.a5c.krate.testkit.storage.Bench.revision;
import static ai.a5c.krate.testkit.storage.Bench.setting;
import static ai.a5c.krate.testkit.storage.Bench.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.ListRequest.Place;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S7: lists. */
public interface ListRules {
  Bench bench();

  @Test
  @DisplayName("S7.1 a list is in the order of namespace and name by their bytes in UTF-8")
  default void s7_1() {
    // By the rules of a language é comes before z; in UTF-16 the surrogates come before U+FF01.
    List<String> names = List.of("A", "Z", "a", "a-b", "a.b", "aa", "z", "é", "\uFF01", "😀");
    for (String name : names.reversed()) {
      bench().committed(creation(record("b", name), ""));
    }
    bench().committed(creation(record("a-z", "zz"), ""));
    bench().committed(creation(record("é", "aa"), ""));

    var expected = new ArrayList<String>(List.of("a-z/zz"));
    names.forEach(name -> expected.add("b/" + name));
    expected.add("é/aa");
    assertThat(places(list(null, null, 1_000, null))).containsExactlyElementsOf(expected);
  }

  @Test
  @DisplayName("S7.2 a list is of one namespace, of the cluster scope, or of all")
  default void s7_2() {
    bench().committed(creation(record("", "cluster"), ""), creation(record("team", "one"), ""));
    bench().committed(creation(record("team-b", "two"), ""));

    assertThat(places(list("team", null, 10, null))).containsExactly("team/one");
    assertThat(places(list("", null, 10, null))).containsExactly("/cluster");
    assertThat(places(list("none", null, 10, null))).isEmpty();
    assertThat(places(list(null, null, 10, null)))
        .containsExactly("/cluster", "team/one", "team-b/two");
  }

  @Test
  @DisplayName("S7.3 a list is read in parts that join without loss")
  default void s7_3() {
    for (int i = 0; i < 7; i++) {
      bench().created("n" + i);
    }

    Listing first = list(null, null, 3, null);
    Listing second = list(null, new Place("team", "n2"), 3, null);
    Listing third = list("team", new Place("team", "n5"), 3, null);

    assertThat(places(first)).containsExactly("team/n0", "team/n1", "team/n2");
    assertThat(places(second)).containsExactly("team/n3", "team/n4", "team/n5");
    assertThat(places(third)).containsExactly("team/n6");
    assertThat(List.of(first.more(), second.more(), third.more()))
        .containsExactly(true, true, false);
    assertThat(list(null, new Place("team", "n3"), 3, null).more()).isFalse();
  }

  @Test
  @DisplayName("S7.4 even an empty list is at the revision of the whole log")
  default void s7_4() {
    assertThat(bench().configuration().list(Bench.all(SETTINGS)).at()).isEqualTo(Revision.ZERO);

    Revision head = bench().created("one");

    assertThat(bench().configuration().list(Bench.all(SETTINGS)).at()).isEqualTo(head);
    assertThat(list("none", null, 1, null).at()).isEqualTo(head);
    assertThat(list(null, null, 1, null).at()).isEqualTo(head);
  }

  @Test
  @DisplayName("S7.5 a list at a revision of history shows what was stored then")
  default void s7_5() {
    var states = new TreeMap<Revision, List<String>>();
    states.put(Revision.ZERO, List.of());
    Revision a = bench().created("a");
    remember(states);
    Revision b = bench().created("b");
    remember(states);
    Revision a2 = revision(bench().committed(update(record("a"), a, "a2")).getFirst());
    remember(states);
    bench().committed(delete(record("b"), b));
    remember(states);
    Revision b2 = bench().created("b");
    remember(states);
    bench().committed(update(record("a"), a2, "a3"), delete(record("b"), b2));
    remember(states);

    states.forEach(
        (at, expected) -> {
          Listing listing = list(null, null, 10, at);
          assertThat(contents(listing)).as("at %s", at).isEqualTo(expected);
          assertThat(listing.at()).isEqualTo(at);
        });
  }

  @Test
  @DisplayName("S7.6 a list that is read in parts at one revision does not see later writes")
  default void s7_6() {
    var revisions = new ArrayList<Revision>();
    for (int i = 0; i < 6; i++) {
      revisions.add(bench().created("n" + i));
    }
    Revision at = bench().records().head();

    var seen = new ArrayList<String>(places(list(null, null, 2, at)));
    bench().committed(delete(record("n2"), revisions.get(2)));
    bench().committed(creation(record("n2-new"), ""), delete(record("n5"), revisions.get(5)));
    Listing second = list(null, new Place("team", "n1"), 2, at);
    seen.addAll(places(second));
    bench().committed(update(record("n4"), revisions.get(4), "changed"));
    Listing third = list(null, new Place("team", "n3"), 2, at);
    seen.addAll(places(third));

    assertThat(seen)
        .containsExactly("team/n0", "team/n1", "team/n2", "team/n3", "team/n4", "team/n5");
    assertThat(second.more()).isTrue();
    assertThat(third.more()).isFalse();
    assertThat(contents(third)).containsExactly("content of n4", "content of n5");
  }

  @Test
  @DisplayName("S7.7 a list at a revision that is still to come is refused")
  default void s7_7() {
    Revision head = bench().created("one");

    assertThatThrownBy(() -> list(null, null, 10, head.next()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("S7.8 the changes after a list are exactly those that it does not show")
  default void s7_8() throws Exception {
    var lists = new ArrayList<Listing>();
    List<Integer> unused =
        bench()
            .concurrently(
                5,
                worker ->
                    () -> {
                      for (int i = 0; i < 20; i++) {
                        if (worker == 0) {
                          lists.add(list(null, null, 1_000, null));
                        } else {
                          live("w" + worker, i);
                        }
                      }
                      return worker;
                    });
    List<String> now = contents(list(null, null, 1_000, null));

    for (Listing listing : lists) {
      var state = new TreeMap<String, String>();
      listing.objects().forEach(object -> state.put(name(object), object.content().utf8()));
      for (Change change : bench().history(listing.at())) {
        var changed = (Change.ObjectChanged) change;
        if (changed.type() == Change.Type.DELETED) {
          state.remove(name(changed.object()));
        } else {
          state.put(name(changed.object()), changed.object().content().utf8());
        }
      }
      assertThat(state.values()).containsExactlyElementsOf(now);
    }
  }

  @Test
  @DisplayName("S7.9 a list shows every kind of collection alone")
  default void s7_9() {
    bench().created("one");
    applied(bench().configure(creation(setting("one"), "")));

    assertThat(list(null, null, 10, null).objects()).hasSize(1);
    assertThat(bench().records().list(Bench.all(Bench.ENTRIES)).objects()).isEmpty();
    assertThat(bench().configuration().list(Bench.all(SETTINGS)).objects()).hasSize(1);
  }

  private void live(String name, int step) {
    Revision at = bench().created(name + "-" + step);
    if (step % 2 == 0) {
      bench().committed(update(record(name + "-" + step), at, "changed"));
    } else {
      bench().committed(delete(record(name + "-" + step), at));
    }
  }

  private void remember(Map<Revision, List<String>> states) {
    Listing listing = list(null, null, 10, null);
    states.put(bench().records().head(), contents(listing));
  }

  private Listing list(
      @Nullable String namespace, @Nullable Place after, int limit, @Nullable Revision at) {
    return bench().records().list(new ListRequest(WIDGETS, namespace, after, limit, at));
  }

  private static String name(StoredObject object) {
    return object.key().namespace() + "/" + object.key().name();
  }

  private static List<String> places(Listing listing) {
    return listing.objects().stream().map(ListRules::name).toList();
  }

  private static List<String> contents(Listing listing) {
    return listing.objects().stream().map(object -> object.content().utf8()).toList();
  }
}
