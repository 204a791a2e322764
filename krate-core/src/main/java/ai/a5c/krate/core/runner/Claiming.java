package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.core.forge.SharedWrites;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Writes what becomes of Jobs, each time from what is stored then: nothing is claimed, finished or
 * given back by somebody who does not have it any more. What many want at once is read once and
 * written together. May be used from many threads at once.
 */
final class Claiming implements AutoCloseable {
  private final SharedReads reads;
  private final SharedWrites writes;
  private final Board board;
  private final Quotas quotas;
  private final JobLogs logs;
  private final InstantSource clock;

  Claiming(Client client, Board board, Quotas quotas, JobLogs logs, InstantSource clock) {
    this.reads = new SharedReads(client::getAll);
    this.writes = new SharedWrites("runner-writes", client);
    this.board = board;
    this.quotas = quotas;
    this.logs = logs;
    this.clock = clock;
  }

  /** What became of a claim. */
  sealed interface Outcome {
    /** The attempt is the runner's. */
    record Claimed(Claim claim) implements Outcome {}

    /** Somebody else was faster, or the job does not wait any more. */
    record Gone() implements Outcome {}

    /** Not as long as others run: a quota, or another job of the pipeline. */
    record Later(String why) implements Outcome {}

    /** The pool is not what the runner was started for. */
    record StaleRunner() implements Outcome {}
  }

  /**
   * An attempt that a runner has.
   *
   * @param organization whose it is, by name; empty if the namespace is of none
   */
  record Claim(
      ApiObject object,
      Job job,
      int attempt,
      String runner,
      ApiObject pipelineObject,
      Pipeline pipeline,
      RunnerPool.Spec pool,
      ApiObject repository,
      String organization) {
    String uid() {
      return object.uid().toString();
    }

    ObjectName name() {
      return new ObjectName(object.namespace(), object.name());
    }

    /** Since when the job had waited. */
    @Nullable Instant queued() {
      return job.status().queueTime();
    }
  }

  /** Claims a queued job for a runner that was started on these terms. */
  Outcome claim(JobEntry entry, PoolEntry.Terms terms, String runner) throws InterruptedException {
    String namespace = entry.name().namespace();
    quotas.expect(namespace, entry.pool());
    SharedReads.Asked pools = reads.ask(ForgeKinds.RUNNER_POOL, namespace, entry.pool());
    SharedReads.Asked pipelines = reads.ask(ForgeKinds.PIPELINE, namespace, entry.pipelineName());
    SharedReads.Asked repositories =
        reads.ask(ForgeKinds.REPOSITORY, namespace, entry.repository());
    SharedReads.Asked namespaces = reads.ask(ForgeKinds.NAMESPACE, "", namespace);
    Optional<PoolEntry> pool = pools.get().map(board::pool);
    if (pool.isEmpty() || pool.get().terminating() || !pool.get().terms().equals(terms)) {
      return new Outcome.StaleRunner();
    }
    Optional<ApiObject> pipeline = pipelines.get();
    Optional<ApiObject> repository = repositories.get();
    String organization =
        namespaces
            .get()
            .map(found -> found.labels().getOrDefault(Marks.ORGANIZATION, ""))
            .orElse("");
    if (pipeline.isEmpty()
        || !pipeline.get().uid().toString().equals(entry.pipeline())
        || pipeline.get().isTerminating()
        || pipeline.get().isTrue("spec", "canceled")
        || repository.isEmpty()
        || repository.get().isTerminating()) {
      return new Outcome.Gone();
    }
    Pipeline read = RecordCodec.read(Pipeline.class, pipeline.get().json());
    RunnerPool.Spec spec = pool.get().spec();
    Optional<Obstacles.Obstacle> obstacle =
        spec.takes(entry.repository())
            ? mismatch(read, spec, entry)
            : Optional.of(Obstacles.notTaken(entry.pool(), entry.repository()));
    if (obstacle.isPresent()) {
      block(entry, obstacle.get());
      return new Outcome.Gone();
    }
    return claim(
        entry,
        runner,
        claimed -> {
          Job now = JobStatus.of(claimed);
          int attempt = now.status().attempts().size();
          return new Claim(
              claimed,
              now,
              attempt,
              runner,
              pipeline.get(),
              read,
              spec,
              repository.get(),
              organization);
        });
  }

  /**
   * Untrusted code never comes onto a trusted runner, whatever made the job believe so; trusted
   * code may be given less than it could have.
   */
  private static Optional<Obstacles.Obstacle> mismatch(
      Pipeline pipeline, RunnerPool.Spec pool, JobEntry job) {
    TrustTier tier = pipeline.status().trustTier();
    if (tier == null || (pool.trustTier() == TrustTier.TRUSTED && tier != TrustTier.TRUSTED)) {
      return Optional.of(
          Obstacles.mismatch(
              "the pipeline is "
                  + (tier == null ? "of no tier" : word(tier))
                  + ", and the pool "
                  + word(pool.trustTier())));
    }
    return pipeline.spec().repository().equals(job.repository())
        ? Optional.empty()
        : Optional.of(Obstacles.mismatch("the pipeline is of another repository"));
  }

  private static String word(TrustTier tier) {
    return tier == TrustTier.TRUSTED ? "Trusted" : "Untrusted";
  }

  private Outcome claim(JobEntry entry, String runner, Function<ApiObject, Claim> what)
      throws InterruptedException {
    var gone = new AtomicBoolean();
    try {
      ApiObject written =
          write(
              entry.name(),
              job -> {
                gone.set(!isAsJudged(job, entry));
                return gone.get() ? job : JobStatus.claimed(job, runner, clock.instant());
              });
      return gone.get() ? new Outcome.Gone() : new Outcome.Claimed(what.apply(written));
    } catch (ApiException e) {
      return switch (e.problem()) {
        case Problem.NotFound missing -> new Outcome.Gone();
        case Problem.Forbidden quota -> new Outcome.Later(String.valueOf(e.getMessage()));
        case Problem.TooManyRequests many -> new Outcome.Later(String.valueOf(e.getMessage()));
        default -> throw e;
      };
    }
  }

  /** Whether it waits, and is still of the pool, pipeline and repository that were looked at. */
  private static boolean isAsJudged(ApiObject job, JobEntry entry) {
    JobEntry now = JobEntry.of(job);
    return now.uid().equals(entry.uid())
        && now.phase() == Job.Phase.QUEUED
        && !job.isTerminating()
        && now.pool().equals(entry.pool())
        && now.pipelineName().equals(entry.pipelineName())
        && now.pipeline().equals(entry.pipeline())
        && now.repository().equals(entry.repository());
  }

  /** Whether an attempt is still what the job is at, and nobody has ended it or the pipeline. */
  boolean isWanted(Claim claim) throws InterruptedException {
    String namespace = claim.object().namespace();
    SharedReads.Asked jobs = reads.ask(ForgeKinds.JOB, namespace, claim.object().name());
    SharedReads.Asked pipelines =
        reads.ask(ForgeKinds.PIPELINE, namespace, claim.pipelineObject().name());
    return jobs.get()
            .filter(job -> !job.isTerminating() && job.uid().equals(claim.object().uid()))
            .filter(job -> JobStatus.has(job, claim.runner(), claim.attempt()))
            .isPresent()
        && pipelines
            .get()
            .filter(pipeline -> pipeline.uid().equals(claim.pipelineObject().uid()))
            .filter(pipeline -> !pipeline.isTerminating() && !pipeline.isTrue("spec", "canceled"))
            .isPresent();
  }

  /**
   * Writes how an attempt ended, if the runner has it still.
   *
   * @return whether it had
   */
  boolean finish(ApiObject job, String runner, int attempt, JobStatus.End end)
      throws InterruptedException {
    return change(
        job.uid().toString(),
        new ObjectName(job.namespace(), job.name()),
        current -> JobStatus.has(current, runner, attempt),
        current -> JobStatus.ended(current, end, clock.instant()));
  }

  /** Gives up an attempt whose runner died, if that is the one it is at. */
  void lose(JobEntry entry, String why) throws InterruptedException {
    JobStatus.End end =
        JobStatus.End.lost(why).with(logs.length(Uid.of(entry.uid()), entry.attempts()));
    var unused =
        change(
            entry,
            current -> JobStatus.has(current, entry.runner(), entry.attempts()),
            current -> JobStatus.ended(current, end, clock.instant()));
  }

  /** Says of a waiting job why it cannot run. */
  void block(JobEntry entry, Obstacles.Obstacle why) throws InterruptedException {
    var unused =
        change(
            entry,
            current ->
                waits(current)
                    && !(JobEntry.of(current).phase() == Job.Phase.BLOCKED
                        && JobStatus.reason(current).equals(why.reason())
                        && JobStatus.message(current).equals(why.message())),
            current -> JobStatus.blocked(current, why.reason(), why.message(), clock.instant()));
  }

  /** Lets a blocked job wait for a runner again. */
  void unblock(JobEntry entry) throws InterruptedException {
    var unused =
        change(
            entry,
            current ->
                JobEntry.of(current).phase() == Job.Phase.BLOCKED
                    && JobStatus.reason(current).equals(entry.blocked()),
            current -> JobStatus.queued(current, "Queued", "", clock.instant()));
  }

  private static boolean waits(ApiObject job) {
    Job.Phase phase = JobEntry.of(job).phase();
    return phase == Job.Phase.QUEUED || phase == Job.Phase.BLOCKED;
  }

  private boolean change(
      JobEntry entry, Predicate<ApiObject> still, UnaryOperator<ApiObject> change)
      throws InterruptedException {
    return change(entry.uid(), entry.name(), still, change);
  }

  private boolean change(
      String uid, ObjectName name, Predicate<ApiObject> still, UnaryOperator<ApiObject> change)
      throws InterruptedException {
    var applies = new AtomicBoolean();
    try {
      ApiObject unused =
          write(
              name,
              current -> {
                applies.set(current.uid().toString().equals(uid) && still.test(current));
                return applies.get() ? change.apply(current) : current;
              });
    } catch (ApiException e) {
      if (e.problem() instanceof Problem.NotFound) {
        return false;
      }
      throw e;
    }
    return applies.get();
  }

  private ApiObject write(ObjectName name, UnaryOperator<ApiObject> change)
      throws InterruptedException {
    ApiObject written =
        writes.updateStatus(ForgeKinds.JOB, name.namespace(), name.name(), change).object();
    board.learn(written);
    return written;
  }

  /** Waits until everything is written. */
  @Override
  public void close() {
    writes.close();
  }
}
