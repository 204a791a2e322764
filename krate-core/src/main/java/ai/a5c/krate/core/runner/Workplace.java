package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.git.ObjectId;
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
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The workspace of one pipeline on one runner: the checkout of its commit, or what its last step
 * left, or what another pipeline had that it goes on from. Used by one thread.
 */
final class Workplace {
  private static final int BUFFER = 1 << 18;

  private final Runner runner;
  private final Workspaces workspaces;
  private final GitBackend git;
  private final Client client;

  /** The number of what is there; -1 as long as nothing is. */
  private int number = -1;

  Workplace(Runner runner, Workspaces workspaces, GitBackend git, Client client) {
    this.runner = runner;
    this.workspaces = workspaces;
    this.git = git;
    this.client = client;
  }

  /**
   * Sees to it that the workspace is there that the step begins with.
   *
   * @return why there is none, if so
   * @throws ExecutorFailedException if it does not fit
   */
  Optional<String> ready(Claiming.Claim claim) throws IOException, InterruptedException {
    if (number < 0) {
      Optional<String> fault = prepare(claim);
      if (fault.isPresent()) {
        return fault;
      }
    }
    workspaces.began(uid(claim), name(claim), claim.job().spec().step(), number);
    return Optional.empty();
  }

  /** Keeps what a step left that ended well. */
  void keep(Claiming.Claim claim, long most) throws IOException, InterruptedException {
    number = workspaces.keep(uid(claim), name(claim), runner, most);
  }

  private Optional<String> prepare(Claiming.Claim claim) throws IOException, InterruptedException {
    Pipeline pipeline = claim.pipeline();
    OptionalInt newest = workspaces.newest(uid(claim));
    if (newest.isPresent()) {
      return restore(claim, newest.getAsInt());
    }
    Pipeline.JobCount jobs = pipeline.status().jobs();
    if (jobs != null && jobs.succeeded() > 0) {
      return Optional.of(
          "the workspace that the steps before it left is not kept here any more; run the pipeline"
              + " again");
    }
    if (!pipeline.spec().rerunOf().isEmpty() && !pipeline.spec().resumeFrom().isEmpty()) {
      Optional<Boolean> adopted = adopt(claim);
      if (adopted.isPresent()) {
        return adopted.get()
            ? restore(claim, 0)
            : Optional.of(
                "the workspace that the step "
                    + pipeline.spec().resumeFrom()
                    + " of the pipeline "
                    + pipeline.spec().rerunOf()
                    + " began with is not kept; run it again without resumeFrom");
      }
    }
    return checkOut(claim);
  }

  private Optional<String> restore(Claiming.Claim claim, int kept)
      throws IOException, InterruptedException {
    if (!workspaces.restore(uid(claim), kept, runner)) {
      return Optional.of("the workspace that the steps before it left is gone");
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
    return workspaces.adopt(
        found.get().uid().toString(), mine.resumeFrom(), uid(claim), name(claim));
  }

  private Optional<String> checkOut(Claiming.Claim claim) throws IOException, InterruptedException {
    String commit = claim.pipeline().spec().commit();
    Optional<ObjectId> id = commit == null ? Optional.empty() : ObjectId.parse(commit);
    if (id.isEmpty()) {
      return Optional.of("the pipeline names no commit");
    }
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
                      there.set(git.archive(claim.repository().uid(), id.get(), out));
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
      return Optional.of("the repository has no commit " + commit);
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

  private static String uid(Claiming.Claim claim) {
    return claim.pipelineObject().uid().toString();
  }

  private static ObjectName name(Claiming.Claim claim) {
    return new ObjectName(claim.pipelineObject().namespace(), claim.pipelineObject().name());
  }
}
