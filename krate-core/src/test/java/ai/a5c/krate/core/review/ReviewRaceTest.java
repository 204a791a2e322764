package ai.a5c.krate.core.review;

import static ai.a5c.krate.core.review.ReviewForge.ALICE;
import static ai.a5c.krate.core.review.ReviewForge.BOB;
import static ai.a5c.krate.core.review.ReviewForge.CAROL;
import static ai.a5c.krate.core.review.ReviewForge.CI;
import static ai.a5c.krate.core.review.ReviewForge.MARA;
import static ai.a5c.krate.core.review.ReviewForge.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.ResourceStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Pushes, approvals, requests for changes, dismissals, checks, other rules and merges, all at once;
 * then the change log is read as one history, and no merge in it may be one that the rules forbid.
 */
class ReviewRaceTest {
  private static final int ROUNDS = 20;
  private static final int PULLS = 3;
  private static final int STEPS = 8;
  private static final long SEED = 20_260_117;

  private final AtomicInteger refused = new AtomicInteger();

  @Test
  void noMergeIsOneThatTheRulesForbid() throws Exception {
    try (var forge = new ReviewForge();
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Revision begin = forge.storage.records().head();
      forge.protectMain(
          "main",
          "'requiredApprovals': 1, 'requiredChecks': [{'name': 'build', 'source': 'External'}]");
      var random = new Random(SEED);
      for (int round = 0; round < ROUNDS; round++) {
        var go = new CountDownLatch(1);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < PULLS; i++) {
          String branch = "topic-" + round + "-" + i;
          String pull = forge.open(ALICE, branch);
          for (Callable<?> one : people(forge, pull, branch, random.nextLong())) {
            all.add(
                executor.submit(
                    () -> {
                      go.await();
                      return one.call();
                    }));
          }
        }
        all.add(
            executor.submit(
                () -> {
                  go.await();
                  for (int approvals = 0; approvals < STEPS; approvals++) {
                    require(forge, 1 + approvals % 2);
                  }
                  return STEPS;
                }));
        go.countDown();
        for (Future<?> one : all) {
          one.get();
        }
      }
      MergeHistory history = read(forge, begin);
      System.out.printf(
          "%d of %d merged, %d merges refused%n", history.merges(), ROUNDS * PULLS, refused.get());
      assertThat(history.faults()).isEmpty();
      assertThat(history.merges()).isPositive();
      assertThat(refused.get()).isPositive();
    }
  }

  private List<Callable<?>> people(ReviewForge forge, String pull, String branch, long seed) {
    return List.of(
        repeat(seed, 3, random -> forge.push(ALICE, branch, next(forge, branch))),
        repeat(seed + 1, STEPS, random -> forge.review(BOB, pull, "Approve", "")),
        repeat(
            seed + 2,
            STEPS / 2,
            random -> {
              String decision = random.nextBoolean() ? "RequestChanges" : "Approve";
              var review = forge.review(CAROL, pull, decision, "");
              return review.code() == 201 && random.nextBoolean()
                  ? forge.dismiss(CAROL, review.body().name())
                  : review;
            }),
        repeat(
            seed + 3,
            STEPS,
            random -> {
              String phase = random.nextInt(4) == 0 ? "Failed" : "Succeeded";
              var check = forge.check(CI, "build", forge.head(pull), phase);
              return check.code() == 201 && random.nextInt(6) == 0
                  ? forge.delete(ROOT, ForgeKinds.CHECK, check.body().name())
                  : check;
            }),
        repeat(
            seed + 4,
            2 * STEPS,
            random -> {
              var answer = forge.merge(MARA, pull);
              assertThat(answer.code()).as(answer::message).isIn(200, 422, 409);
              if (answer.code() == 422) {
                refused.incrementAndGet();
              }
              return answer;
            }));
  }

  private static void require(ReviewForge forge, int approvals) {
    forge
        .patch(
            ROOT,
            ForgeKinds.BRANCH_PROTECTION,
            "main",
            "{'spec': {'requiredApprovals': %d}}".formatted(approvals))
        .is(200);
  }

  private static ObjectId next(ReviewForge forge, String branch) {
    return forge.graph.commit(forge.graph.at(forge.web, branch).orElseThrow());
  }

  /** Does something a few times with pauses of no fixed length. */
  private static Callable<?> repeat(long seed, int times, Step step) {
    return () -> {
      var random = new Random(seed);
      for (int i = 0; i < times; i++) {
        for (int spin = random.nextInt(2_000); spin > 0; spin--) {
          Thread.onSpinWait();
        }
        Thread.yield();
        Object unused = step.take(random);
      }
      return times;
    };
  }

  private interface Step {
    Object take(Random random);
  }

  /** Both sides of the log as one, in the order of their commits. */
  private static MergeHistory read(ReviewForge forge, Revision begin) throws Exception {
    Revision end = forge.storage.records().head();
    List<Change> changes = new ArrayList<>();
    for (ResourceStore<?> side : List.of(forge.storage.configuration(), forge.storage.records())) {
      try (ChangeFeed feed = side.changes(begin)) {
        Revision reached = begin;
        while (reached.compareTo(end) < 0) {
          ChangeFeed.Batch batch = feed.next();
          changes.addAll(batch.changes());
          reached = batch.upTo();
        }
      }
    }
    changes.sort(Comparator.comparing(Change::revision));
    var history = new MergeHistory(forge);
    changes.forEach(history::see);
    return history;
  }
}
