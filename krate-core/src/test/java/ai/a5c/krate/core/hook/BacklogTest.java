package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BacklogTest {
  private final Backlog backlog = new Backlog(Backlog.WINDOW);
  private final TreeSet<String> store = new TreeSet<>();

  @Test
  void moreThanTheWindowComesBackFromTheStoreInOrder() {
    int many = 2 * Backlog.WINDOW + 500;
    for (int i = 0; i < many; i++) {
      offer(i);
    }
    assertThat(backlog.pending()).isEqualTo(many);

    List<String> taken = new ArrayList<>();
    while (!backlog.isEmpty()) {
      if (backlog.first().isEmpty()) {
        String from = backlog.beginRefill();
        TreeSet<String> found = new TreeSet<>();
        store.tailSet(from, false).stream().limit(Backlog.WINDOW).forEach(found::add);
        boolean all = store.tailSet(from, false).size() <= Backlog.WINDOW;
        if (taken.size() == Backlog.WINDOW) {
          offer(many); // while the store is read
        }
        backlog.endRefill(found, all);
        continue;
      }
      Place first = backlog.first().orElseThrow();
      taken.add(first.name());
      store.remove(first.name());
      backlog.settled();
      backlog.remove(first);
    }

    assertThat(taken).hasSize(many + 1).isSorted().doesNotHaveDuplicates();
    assertThat(backlog.pending()).isZero();
  }

  @Test
  void whatIsOfferedTwiceIsThereOnce() {
    offer(1);
    offer(1);
    assertThat(backlog.pending()).isEqualTo(1);
  }

  private void offer(int number) {
    String name = String.format("ci-%014d-0", number);
    store.add(name);
    backlog.offer(Place.ofEvent(name));
  }
}
