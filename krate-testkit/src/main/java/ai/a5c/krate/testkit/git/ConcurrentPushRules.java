package ai.a5c.krate.testkit.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** G3: pushes at once. */
public interface ConcurrentPushRules {
  GitBench bench();

  /** A second backend of the same kind, with nothing in it. */
  GitBench another() throws Exception;

  private static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = new ArrayList<T>();
      for (Future<T> result : threads.invokeAll(tasks)) {
        results.add(result.get());
      }
      return results;
    }
  }

  @Test
  @DisplayName("G3.1 fifty pushes at once to different branches all land")
  default void g3_1() throws Exception {
    Git local = based();
    var tips = new TreeMap<String, String>();
    for (int i = 0; i < 50; i++) {
      local.run("checkout", "-q", "-B", "b" + i, "main");
      tips.put("refs/heads/b" + i, local.commit("file" + i, "content " + i));
    }
    var tasks = new ArrayList<Callable<Integer>>();
    for (int i = 0; i < 50; i++) {
      String branch = "b" + i;
      tasks.add(() -> local.attempt("push", "-q", bench().url(), branch).exit());
    }
    assertThat(together(tasks)).containsOnly(0);
    assertThat(bench().refs()).containsAllEntriesOf(tips);
  }

  @Test
  @DisplayName(
      "G3.2 of twenty pushes at once to one branch exactly one wins, and no update is lost")
  default void g3_2() throws Exception {
    Git local = based();
    for (int round = 0; round < 3; round++) {
      String base = bench().refs().get("refs/heads/main");
      local.run("fetch", "-q", "origin");
      var commits = new ArrayList<String>();
      for (int i = 0; i < 20; i++) {
        local.run("checkout", "-q", "-B", "c" + i, "origin/main");
        commits.add(local.commit("r" + round + "f" + i, "x"));
      }
      var barrier = new CountDownLatch(20);
      bench()
          .server()
          .use(
              pushed -> {
                barrier.countDown();
                await(barrier);
                return bench().gate().admit(pushed);
              });
      var tasks = new ArrayList<Callable<Integer>>();
      for (String commit : commits) {
        tasks.add(() -> local.attempt("push", "-q", bench().url(), commit + ":main").exit());
      }
      List<Integer> exits = together(tasks);
      assertThat(exits).filteredOn(exit -> exit == 0).hasSize(1);
      String winner = commits.get(exits.indexOf(0));
      assertThat(bench().refs()).containsEntry("refs/heads/main", winner);
      assertThat(local.run("rev-parse", winner + "~1")).isEqualTo(base);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError("not all pushes came to the gate");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("G3.3 objects in another push's quarantine are neither served nor built upon")
  default void g3_3() throws Exception {
    Git local = based();
    String secret = local.commit("secret", "secret");
    local.run("branch", "secret");
    var inside = new CountDownLatch(1);
    var finish = new CountDownLatch(1);
    bench()
        .server()
        .use(
            pushed -> {
              if (pushed.updates().getFirst().ref().value().equals("refs/heads/secret")) {
                inside.countDown();
                await(finish);
              }
              return bench().gate().admit(pushed);
            });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var slow = threads.submit(() -> local.attempt("push", "-q", bench().url(), "secret"));
      await(inside);
      Git.Result served = bench().local().attempt("fetch", "origin", secret);
      String report =
          RawPush.to(bench()).command("0".repeat(40), secret, "refs/heads/x").emptyPack().send();
      finish.countDown();
      assertThat(slow.get().exit()).isZero();
      assertThat(served.exit()).isNotZero();
      assertThat(report).doesNotContain("ok refs/heads/x");
    }
    bench().local().run("fetch", "-q", "origin", secret);
  }

  @Test
  @DisplayName(
      "G3.4 objects that are published but not committed are not built upon, and go if the push"
          + " fails")
  default void g3_4() throws Exception {
    Git local = based();
    List<String> before = bench().files();
    String pending = local.commit("pending", "pending");
    local.run("branch", "pending");
    var published = new CountDownLatch(1);
    var finish = new CountDownLatch(1);
    bench()
        .server()
        .use(
            pushed -> {
              if (pushed.updates().getFirst().ref().value().equals("refs/heads/pending")) {
                var moves = pushed.prepare(pushed.updates());
                assertThat(moves).hasSize(1);
                published.countDown();
                await(finish);
                throw new IllegalStateException("the gate fails");
              }
              return bench().gate().admit(pushed);
            });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var failing = threads.submit(() -> local.attempt("push", bench().url(), "pending"));
      await(published);
      assertThat(bench().local().attempt("fetch", "origin", pending).exit()).isNotZero();
      var other =
          threads.submit(
              () ->
                  RawPush.to(bench())
                      .command("0".repeat(40), pending, "refs/heads/x")
                      .emptyPack()
                      .send());
      finish.countDown();
      assertThat(other.get()).doesNotContain("ok refs/heads/x");
      assertThat(failing.get().exit()).isNotZero();
    }
    assertThat(bench().files()).isEqualTo(before);
    bench().server().forgive();
  }

  @Test
  @DisplayName("G3.5 closing waits for the push under way")
  default void g3_5() throws Exception {
    Git local = based();
    local.commit("late", "late");
    var inside = new CountDownLatch(1);
    var finish = new CountDownLatch(1);
    bench()
        .server()
        .use(
            pushed -> {
              inside.countDown();
              await(finish);
              return bench().gate().admit(pushed);
            });
    try (GitBench other = another();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      other
          .server()
          .use(
              pushed -> {
                inside.countDown();
                await(finish);
                return other.gate().admit(pushed);
              });
      var push = threads.submit(() -> local.attempt("push", "-q", other.url(), "main"));
      await(inside);
      var closing =
          threads.submit(
              () -> {
                other.backend().close();
                return other.refs();
              });
      finish.countDown();
      assertThat(push.get().exit()).isZero();
      assertThat(closing.get()).containsKey("refs/heads/main");
    }
  }

  /** A local repository whose only commit is pushed. */
  private Git based() {
    Git local = bench().local();
    local.commit("base", "base");
    local.run("push", "-q", "origin", "main");
    return local;
  }
}
