package ai.a5c.krate.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrentPushTest {
  @TempDir Path folder;
  private GitWorld world;
  private Git local;

  @BeforeEach
  void open() {
    world = new GitWorld(folder);
    local = world.local();
    local.commit("base", "base");
    local.run("push", "-q", "origin", "main");
  }

  @AfterEach
  void close() {
    world.soundExport();
    world.close();
    assertThat(world.http.faults).isEmpty();
  }

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
  @DisplayName("G4.1 fifty pushes at once to different branches all land")
  void differentBranchesAllLand() throws Exception {
    var tips = new TreeMap<String, String>();
    for (int i = 0; i < 50; i++) {
      local.run("checkout", "-q", "-B", "b" + i, "main");
      tips.put("refs/heads/b" + i, local.commit("file" + i, "content " + i));
    }
    var tasks = new ArrayList<Callable<Integer>>();
    for (int i = 0; i < 50; i++) {
      String branch = "b" + i;
      tasks.add(() -> local.attempt("push", "-q", world.url(), branch).exit());
    }
    assertThat(together(tasks)).containsOnly(0);
    assertThat(world.refs()).containsAllEntriesOf(tips);
  }

  @Test
  @DisplayName(
      "G4.2 of twenty pushes at once to one branch exactly one wins, and no update is lost")
  void oneBranchHasOneWinner() throws Exception {
    for (int round = 0; round < 3; round++) {
      String base = world.refs().get("refs/heads/main");
      local.run("fetch", "-q", "origin");
      var commits = new ArrayList<String>();
      for (int i = 0; i < 20; i++) {
        local.run("checkout", "-q", "-B", "c" + i, "origin/main");
        commits.add(local.commit("r" + round + "f" + i, "x"));
      }
      var barrier = new CountDownLatch(20);
      world.http.use(
          pushed -> {
            barrier.countDown();
            await(barrier);
            return world.gate.admit(pushed);
          });
      var tasks = new ArrayList<Callable<Integer>>();
      for (String commit : commits) {
        tasks.add(() -> local.attempt("push", "-q", world.url(), commit + ":main").exit());
      }
      List<Integer> exits = together(tasks);
      assertThat(exits).filteredOn(exit -> exit == 0).hasSize(1);
      String winner = commits.get(exits.indexOf(0));
      assertThat(world.refs()).containsEntry("refs/heads/main", winner);
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
  @DisplayName("G4.3 objects in another push's quarantine are neither served nor built upon")
  void quarantinesAreSeparate() throws Exception {
    String secret = local.commit("secret", "secret");
    local.run("branch", "secret");
    var inside = new CountDownLatch(1);
    var finish = new CountDownLatch(1);
    world.http.use(
        pushed -> {
          if (pushed.updates().getFirst().ref().value().equals("refs/heads/secret")) {
            inside.countDown();
            await(finish);
          }
          return world.gate.admit(pushed);
        });
    var served = new AtomicReference<Git.Result>();
    var report = new AtomicReference<String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var slow = threads.submit(() -> local.attempt("push", "-q", world.url(), "secret"));
      await(inside);
      served.set(world.local().attempt("fetch", "origin", secret));
      report.set(
          RawPush.to(world).command("0".repeat(40), secret, "refs/heads/x").emptyPack().send());
      finish.countDown();
      assertThat(slow.get().exit()).isZero();
    }
    assertThat(served.get().exit()).isNotZero();
    assertThat(report.get()).contains("missing object " + secret);
    world.local().run("fetch", "-q", "origin", secret);
  }

  @Test
  @DisplayName(
      "G4.4 objects that are published but not committed are not built upon, and go if the push"
          + " fails")
  void pendingObjectsAreNotBuiltUpon() throws Exception {
    List<String> before = world.files();
    String pending = local.commit("pending", "pending");
    local.run("branch", "pending");
    var published = new CountDownLatch(1);
    var finish = new CountDownLatch(1);
    world.http.use(
        pushed -> {
          if (pushed.updates().getFirst().ref().value().equals("refs/heads/pending")) {
            var moves = pushed.prepare(pushed.updates());
            assertThat(moves).hasSize(1);
            published.countDown();
            await(finish);
            throw new IllegalStateException("the gate fails");
          }
          return world.gate.admit(pushed);
        });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var failing = threads.submit(() -> local.attempt("push", world.url(), "pending"));
      await(published);
      assertThat(world.local().attempt("fetch", "origin", pending).exit()).isNotZero();
      var other =
          threads.submit(
              () ->
                  RawPush.to(world)
                      .command("0".repeat(40), pending, "refs/heads/x")
                      .emptyPack()
                      .send());
      finish.countDown();
      assertThat(other.get()).contains("missing object " + pending);
      assertThat(failing.get().expectFailure().err()).contains("the server failed");
    }
    assertThat(world.files()).isEqualTo(before);
    assertThat(world.http.faults).hasSize(1);
    world.http.faults.clear();
  }

  @Test
  @DisplayName("G4.5 closing waits for the push under way")
  void closingWaits() throws Exception {
    local.commit("late", "late");
    var inside = new CountDownLatch(1);
    var finish = new CountDownLatch(1);
    world.http.use(
        pushed -> {
          inside.countDown();
          await(finish);
          return world.gate.admit(pushed);
        });
    try (var other = new GitWorld(folder.resolve("other"));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      other.http.use(
          pushed -> {
            inside.countDown();
            await(finish);
            return other.gate.admit(pushed);
          });
      var push = threads.submit(() -> local.attempt("push", "-q", other.url(), "main"));
      await(inside);
      var closing =
          threads.submit(
              () -> {
                other.backend.close();
                return other.refs();
              });
      finish.countDown();
      assertThat(push.get().exit()).isZero();
      assertThat(closing.get()).containsKey("refs/heads/main");
    }
  }
}
