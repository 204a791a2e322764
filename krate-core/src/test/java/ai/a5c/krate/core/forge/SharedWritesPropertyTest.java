package ai.a5c.krate.core.forge;

import static ai.a5c.krate.core.forge.Board.ISSUE;
import static ai.a5c.krate.core.forge.Board.issue;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.request.Written;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SharedWritesPropertyTest {
  /** Whoever writes together, each is told what is true of his own. */
  @Property(tries = 20)
  void everybodyIsToldTheTruth(
      @ForAll @Size(max = 8) Set<@IntRange(max = 20) Integer> there,
      @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 20) Integer> wanted)
      throws Exception {
    try (var one = new Fixture()) {
      for (int i : there) {
        one.board.create("n" + i);
      }
      List<Callable<Written>> tasks =
          wanted.stream()
              .<Callable<Written>>map(i -> () -> one.writes.create(ISSUE, issue("n" + i)))
              .toList();

      List<Future<Written>> all = one.callers.invokeAll(tasks);

      Set<String> made = new TreeSet<>();
      for (int i = 0; i < all.size(); i++) {
        Future<Written> future = all.get(i);
        if (future.state() == Future.State.SUCCESS) {
          // Nobody is told so twice of one object.
          assertThat(made.add(future.resultNow().object().name())).isTrue();
          assertThat(there).doesNotContain(wanted.get(i));
        } else {
          assertThat(future.exceptionNow())
              .isInstanceOfSatisfying(
                  ApiException.class,
                  e -> assertThat(e.problem()).isInstanceOf(Problem.AlreadyExists.class));
        }
      }
      Set<String> expected = new TreeSet<>(made);
      there.forEach(i -> expected.add("n" + i));
      assertThat(one.board.names()).containsExactlyInAnyOrderElementsOf(expected);
      wanted.forEach(i -> assertThat(expected).contains("n" + i));
    }
  }

  private static final class Fixture implements AutoCloseable {
    private final Board board = new Board();
    private final SharedWrites writes = new SharedWrites("writes", board.client);
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

    @Override
    public void close() {
      callers.close();
      writes.close();
      board.close();
    }
  }
}
