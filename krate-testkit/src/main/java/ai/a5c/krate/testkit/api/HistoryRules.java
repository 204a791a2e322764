package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.testkit.api.Watch.Event;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A9: what watchers see of concurrent writers. */
public interface HistoryRules {
  int WRITERS = 8;
  int WATCHERS = 4;
  int WRITES = 40;
  String LAST = "zz-last";

  ApiBench bench();

  /** What one writer was answered: the revision of each change that it made. */
  private List<Event> write(int writer) {
    var random = new Random(writer);
    List<Event> done = new ArrayList<>();
    for (int i = 0; i < WRITES; i++) {
      String name = "n" + random.nextInt(6);
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          Reply created = bench().post(bench().collection(), bench().object(name));
          if (created.status() == 201) {
            done.add(new Event("ADDED", created.body()));
          } else {
            created.refuses(409, "AlreadyExists");
          }
        }
        case 2 -> {
          Reply patched = bench().patch(bench().path(name), bench().text("w" + writer + "-" + i));
          if (patched.status() == 200) {
            done.add(new Event("MODIFIED", patched.body()));
          } else {
            patched.refuses(404, "NotFound");
          }
        }
        default -> {
          Reply deleted = bench().delete(bench().path(name));
          if (deleted.status() != 200) {
            deleted.refuses(404, "NotFound");
          }
        }
      }
    }
    return done;
  }

  private List<Event> watch(String from) throws InterruptedException {
    try (Watch watch = bench().watch("&resourceVersion=" + from)) {
      return watch.until(event -> event.name().equals(LAST));
    }
  }

  @Test
  @DisplayName(
      "A9.1 every watcher sees the same changes in the same order, and each follows from the one before")
  default void a9_1() throws Exception {
    String from = bench().get(bench().collection()).resourceVersion();

    List<List<Event>> seen = new ArrayList<>();
    List<Event> answered = new ArrayList<>();
    List<Callable<List<Event>>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers.add(() -> write(writer));
    }
    List<List<Event>> all =
        bench()
            .concurrently(
                WATCHERS + 1, number -> () -> number < WATCHERS ? watch(from) : writeAll(writers));
    seen.addAll(all.subList(0, WATCHERS));
    answered.addAll(all.getLast());

    List<Event> history = seen.getFirst();
    assertThat(seen).allSatisfy(one -> assertThat(one).isEqualTo(history));
    assertThat(history).extracting(Event::revision).isSorted().doesNotHaveDuplicates();
    assertThat(history).containsAll(answered);
    assertThat(history.stream().filter(event -> !event.type().equals("DELETED")).toList())
        .containsExactlyInAnyOrderElementsOf(answered);
    assertFollows(history);
  }

  private List<Event> writeAll(List<Callable<List<Event>>> writers) throws Exception {
    List<Event> answered = new ArrayList<>();
    bench().concurrently(writers.size(), writers::get).forEach(answered::addAll);
    answered.add(new Event("ADDED", bench().created(LAST)));
    return answered;
  }

  /** An object is added when it is not there, changed and deleted when it is, and stays itself. */
  private static void assertFollows(List<Event> history) {
    Map<String, JsonObject> state = new TreeMap<>();
    for (Event event : history) {
      JsonObject before = state.get(event.name());
      if (event.type().equals("ADDED")) {
        assertThat(before).as(() -> "what was there before " + event).isNull();
      } else {
        assertThat(before).as(() -> "what was there before " + event).isNotNull();
        assertThat(Json.text(event.object(), "metadata/uid"))
            .isEqualTo(Json.text(Objects.requireNonNull(before), "metadata/uid"));
      }
      if (event.type().equals("DELETED")) {
        state.remove(event.name());
      } else {
        state.put(event.name(), event.object());
      }
    }
  }

  @Test
  @DisplayName(
      "A9.2 a list and the watch from its revision on leave no gap, whenever the list was made")
  default void a9_2() throws Exception {
    List<Callable<List<Event>>> tasks = new ArrayList<>();
    for (int i = 0; i < WATCHERS; i++) {
      tasks.add(this::listThenWatch);
    }
    List<Callable<List<Event>>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers.add(() -> write(writer));
    }
    tasks.add(() -> writeAll(writers));

    List<List<Event>> all = bench().concurrently(tasks.size(), tasks::get);

    Map<String, JsonObject> stored = new TreeMap<>();
    bench()
        .get(bench().collection())
        .items()
        .forEach(item -> stored.put(Json.text(item, "metadata/name"), item));
    for (List<Event> replica : all.subList(0, WATCHERS)) {
      assertFollows(replica);
      assertThat(replay(replica)).isEqualTo(stored);
    }
  }

  /** A reflector: the list as ADDED events, then the watch. */
  private List<Event> listThenWatch() throws InterruptedException {
    Reply list = bench().get(bench().collection()).is(200);
    List<Event> events = new ArrayList<>();
    list.items().forEach(item -> events.add(new Event("ADDED", item)));
    long listed = Long.parseLong(list.resourceVersion());
    List<Event> after = watch(list.resourceVersion());
    assertThat(after).allSatisfy(event -> assertThat(event.revision()).isGreaterThan(listed));
    events.addAll(after);
    return events;
  }

  private static Map<String, JsonObject> replay(List<Event> events) {
    Map<String, JsonObject> state = new TreeMap<>();
    for (Event event : events) {
      if (event.type().equals("DELETED")) {
        state.remove(event.name());
      } else {
        state.put(event.name(), event.object());
      }
    }
    return state;
  }

  @Test
  @DisplayName("A9.3 a watch that is broken off goes on where it was, with nothing lost or doubled")
  default void a9_3() throws Exception {
    String from = bench().get(bench().collection()).resourceVersion();
    List<Callable<List<Event>>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers.add(() -> write(writer));
    }

    List<List<Event>> all =
        bench().concurrently(2, number -> () -> number == 0 ? inPieces(from) : writeAll(writers));

    assertThat(all.getFirst()).isEqualTo(watch(from));
  }

  private List<Event> inPieces(String from) throws InterruptedException {
    List<Event> events = new ArrayList<>();
    String at = from;
    while (events.isEmpty() || !events.getLast().name().equals(LAST)) {
      try (Watch watch = bench().watch("&resourceVersion=" + at)) {
        for (int i = 0; i < 7; i++) {
          events.add(watch.next());
          if (events.getLast().name().equals(LAST)) {
            break;
          }
        }
      }
      at = Long.toString(events.getLast().revision());
    }
    return events;
  }
}
