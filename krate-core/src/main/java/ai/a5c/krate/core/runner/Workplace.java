package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.git.CommitTooLargeException;
import ai.a5c.krate.spi.git.GitBackend;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The workspace of one pipeline on one runner: the checkout of its commit, or what its last step
 * left, or what another pipeline had that it goes on from. Used by one thread.
 */
final class Workplace implements AutoCloseable {
  private static final int BUFFER = 1 << 15;

  /** How often somebody who waits for the turn to check out looks whether it is still of use. */
  private static final Duration LOOK = Duration.ofMillis(500);

  private final String pipeline;
  private final Runner runner;
  private final Workspaces workspaces;
  private final GitBackend git;
  private final Client client;

  /** The number of what is there; -1 as long as nothing is. */
  private int number = -1;

  /**
   * Has nothing yet.
   *
   * @param pipeline its uid
   */
  Workplace(String pipeline, Runner runner, Workspaces workspaces, GitBackend git, Client client) {
    this.pipeline = pipeline;
    this.runner = runner;
    this.workspaces = workspaces;
    this.git = git;
    this.client = client;
    workspaces.use(pipeline);
  }

  @Override
  public void close() {
    workspaces.release(pipeline);
  }

  /**
   * Sees to it that the workspace is there that the step begins with.
   *
   * @param over whether nobody waits for it any more
   * @return why there is none, if so
   * @throws ExecutorFailedException if it does not fit, or nobody waits for it any more
   */
  Optional<String> ready(Claiming.Claim claim, BooleanSupplier over)
      throws IOException, InterruptedException {
    if (number < 0) {
      Optional<String> fault = prepare(claim, over);
      if (fault.isPresent()) {
        return fault;
      }
    }
    workspaces.began(pipeline, name(claim), claim.job().spec().step(), number);
    return Optional.empty();
  }

  /**
   * Notes that a step that ended well left the workspace.
   *
   * @throws IOException if it cannot: then its end may not be told either
   */
  void leaves(Claiming.Claim claim) throws IOException {
    workspaces.leaves(pipeline, name(claim), ++number, claim.object().name());
  }

  /**
   * Keeps what was left.
   *
   * @throws ExecutorFailedException if it is too large, or the runner is gone
   * @throws IOException if there is no room
   */
  void keep(long most) throws IOException, InterruptedException {
    workspaces.keep(pipeline, number, runner, most);
  }

  private Optional<String> prepare(Claiming.Claim claim, BooleanSupplier over)
      throws IOException, InterruptedException {
    OptionalInt newest = newest(claim);
    if (newest.isPresent()) {
      return restore(claim, newest.getAsInt());
    }
    Pipeline.JobCount jobs = claim.pipeline().status().jobs();
    if (jobs != null && jobs.succeeded() > 0) {
      return Optional.of(
          "the workspace that the steps before it left is not kept here any more; run the pipeline"
              + " again");
    }
    Pipeline.Spec spec = claim.pipeline().spec();
    if (!spec.rerunOf().isEmpty() && !spec.resumeFrom().isEmpty()) {
      Optional<Boolean> adopted = adopt(claim);
      if (adopted.isPresent()) {
        return adopted.get()
            ? restore(claim, 0)
            : Optional.of(
                "the workspace that the step "
                    + spec.resumeFrom()
                    + " of the pipeline "
                    + spec.rerunOf()
                    + " began with is not kept; run it again without resumeFrom");
      }
    }
    return checkOut(claim, over);
  }

  /**
   * The newest workspace that counts: of a step whose end was not written any more, as this server
   * died, nothing does, for it begins again.
   */
  private OptionalInt newest(Claiming.Claim claim) throws IOException {
    OptionalInt newest = workspaces.newest(pipeline);
    while (newest.orElse(0) > 0
        && !hasSucceeded(claim, workspaces.leftBy(pipeline, newest.getAsInt()))) {
      workspaces.forget(pipeline, newest.getAsInt());
      newest = workspaces.newest(pipeline);
    }
    return newest;
  }

  private boolean hasSucceeded(Claiming.Claim claim, String job) {
    return client
        .get(ForgeKinds.JOB, claim.object().namespace(), job)
        .filter(found -> found.text("status", "pipelineUid").equals(pipeline))
        .filter(found -> JobStatus.of(found).status().phase() == Job.Phase.SUCCEEDED)
        .isPresent();
  }

  private Optional<String> restore(Claiming.Claim claim, int kept)
      throws IOException, InterruptedException {
    if (!workspaces.restore(pipeline, kept, runner)) {
      return Optional.of(
          "the workspace that "
              + (kept == 0 ? claim.pipeline().spec().rerunOf() : workspaces.leftBy(pipeline, kept))
              + " left is not kept; run the pipeline again");
    }
    number = kept;
    return Optional.empty();
  }

  /**
   * Only of the same code in the same tier: neither secrets nor what strangers wrote get across.
   */
  private Optional<Boolean> adopt(Claiming.Claim claim) throws IOException {
    Pipeline.Spec mine = claim.pipeline().spec();
    Optional<ApiObject> found =
        client.get(ForgeKinds.PIPELINE, claim.object().namespace(), mine.rerunOf());
    if (found.isEmpty()) {
      return Optional.of(false);
    }
    Pipeline other = RecordCodec.read(Pipeline.class, found.get().json());
    if (!other.spec().repository().equals(mine.repository())
        || !Objects.equals(other.spec().commit(), mine.commit())
        || other.status().trustTier() != claim.pipeline().status().trustTier()) {
      return Optional.of(false);
    }
    return workspaces.adopt(found.get().uid().toString(), mine.resumeFrom(), pipeline, name(claim));
  }

  private Optional<String> checkOut(Claiming.Claim claim, BooleanSupplier over)
      throws IOException, InterruptedException {
    String commit = claim.pipeline().spec().commit();
    Optional<ObjectId> id = commit == null ? Optional.empty() : ObjectId.parse(commit);
    if (id.isEmpty()) {
      return Optional.of("the pipeline names no commit");
    }
    while (!workspaces.checkouts().tryAcquire(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
      if (over.getAsBoolean()) {
        throw new ExecutorFailedException("its turn to check out the commit had not come");
      }
    }
    try {
      return checkOut(claim.repository().uid(), id.get());
    } finally {
      workspaces.checkouts().release();
    }
  }

  private Optional<String> checkOut(Uid repository, ObjectId commit)
      throws IOException, InterruptedException {
    var there = new AtomicReference<@Nullable Boolean>();
    var failure = new AtomicReference<@Nullable Exception>();
    ExecutorFailedException broken = null;
    try (var in = new PipedInputStream(BUFFER)) {
      var out = new PipedOutputStream(in);
      Thread reader =
          Thread.ofVirtual()
              .name("checkout")
              .start(
                  () -> {
                    try (out) {
                      there.set(git.archive(repository, commit, out));
                    } catch (IOException | RuntimeException e) {
                      failure.set(e);
                    }
                  });
      try {
        runner.unpack(in);
      } catch (ExecutorFailedException e) {
        broken = e;
      } finally {
        in.close();
        reader.join();
      }
    }
    if (Boolean.FALSE.equals(there.get())) {
      return Optional.of("the repository has no commit " + commit.hex());
    }
    if (failure.get() instanceof CommitTooLargeException tooLarge) {
      return Optional.ofNullable(tooLarge.getMessage());
    }
    if (broken != null) {
      throw broken;
    }
    if (failure.get() != null) {
      throw new IOException("the commit could not be read", failure.get());
    }
    number = 0;
    return Optional.empty();
  }

  private static ObjectName name(Claiming.Claim claim) {
    return new ObjectName(claim.pipelineObject().namespace(), claim.pipelineObject().name());
  }
}
