package ai.a5c.krate.core.runner;

import static ai.a5c.krate.core.runner.RunnerForge.TEAM;
import static ai.a5c.krate.core.runner.RunnerForge.script;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.JobOwners;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of claims, whatever those who claim believe. */
@Timeout(180)
class ClaimingTest {
  private static final String MINE = "runner-aaaaaaaa-bbbb-";
  private static final String THEIRS = "runner-cccccccc-dddd-";

  @TempDir Path folder;
  private RunnerForge forge;
  private Board board;
  private Claiming claiming;

  @BeforeEach
  void start() {
    forge = RunnerForge.withoutExecutor(folder);
    forge.rest();
    board = new Board(forge.server.objects(), forge.server.hubs());
    claiming = claiming();
    forge.pool("pool", "Trusted", ", 'maxReplicas': 1000");
  }

  @AfterEach
  void close() {
    claiming.close();
    board.close();
    forge.close();
  }

  private Claiming claiming() {
    return new Claiming(
        forge.server.client(Subject.of(JobOwners.RUNNERS)),
        board,
        new Quotas(forge.server.objects(), System::nanoTime),
        new JobLogs(forge.storage.blobs()),
        InstantSource.system());
  }

  private ApiObject queued(String name) {
    return forge.job(forge.pipeline(TEAM, name, "Trusted", ""), "s", 0, "Queued", script("true"));
  }

  private Claiming.Outcome claim(Claiming by, ApiObject job, String runner)
      throws InterruptedException {
    PoolEntry pool = PoolEntry.of(forge.get(ForgeKinds.RUNNER_POOL, "pool"));
    return by.claim(JobEntry.of(job), pool.terms(), runner);
  }

  @Test
  void ofAllThatIsClaimedByTwoServersAtOnceEachIsClaimedOnce() throws Exception {
    List<ApiObject> jobs = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      jobs.add(queued("p" + i));
    }
    List<Future<Boolean>> claims = new ArrayList<>();
    try (Claiming other = claiming();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (ApiObject job : jobs) {
        claims.add(threads.submit(() -> isClaimed(claiming, job, MINE)));
        claims.add(threads.submit(() -> isClaimed(other, job, THEIRS)));
      }
    }
    for (int i = 0; i < jobs.size(); i++) {
      boolean mine = claims.get(2 * i).get();
      boolean theirs = claims.get(2 * i + 1).get();
      Job now = forge.job(jobs.get(i));
      assertThat(mine).isNotEqualTo(theirs);
      assertThat(now.status().phase()).isEqualTo(Job.Phase.RUNNING);
      assertThat(now.status().runner()).startsWith(mine ? MINE : THEIRS);
      assertThat(now.status().attempts()).hasSize(1);
    }
  }

  private boolean isClaimed(Claiming by, ApiObject job, String prefix) throws InterruptedException {
    return claim(by, job, prefix + job.name().replaceAll("[^0-9]", ""))
        instanceof Claiming.Outcome.Claimed;
  }

  @Test
  void aPoolThatTakesTheRepositoryNoMoreGetsNoneOfItsJobs() throws Exception {
    ApiObject job = queued("p");
    forge.change(
        ForgeKinds.RUNNER_POOL,
        "pool",
        old -> old.with(JsonTree.texts(List.of("other")), "spec", "repositories"));

    assertThat(claim(claiming, job, MINE + "1")).isInstanceOf(Claiming.Outcome.Gone.class);

    Job now = forge.job(job);
    assertThat(now.status().phase()).isEqualTo(Job.Phase.BLOCKED);
    assertThat(now.status().attempts()).isEmpty();
    assertThat(now.status().conditions())
        .singleElement()
        .matches(c -> c.reason().equals("RepositoryNotTaken"))
        .matches(c -> c.message().equals("the RunnerPool pool takes no jobs of web"));
  }

  @Test
  void nobodyHasAJobOfAPoolThatIsBeingDeletedOrOfOtherTerms() throws Exception {
    ApiObject job = queued("p");
    PoolEntry before = PoolEntry.of(forge.get(ForgeKinds.RUNNER_POOL, "pool"));
    forge.change(ForgeKinds.RUNNER_POOL, "pool", old -> old.withText("None", "spec", "network"));

    assertThat(claiming.claim(JobEntry.of(job), before.terms(), MINE + "1"))
        .isInstanceOf(Claiming.Outcome.StaleRunner.class);

    var unused =
        forge.ada.delete(ForgeKinds.RUNNER_POOL, forge.get(ForgeKinds.RUNNER_POOL, "pool"));
    assertThat(claim(claiming, job, MINE + "2")).isInstanceOf(Claiming.Outcome.StaleRunner.class);
    assertThat(forge.job(job).status().phase()).isEqualTo(Job.Phase.QUEUED);
  }
}
