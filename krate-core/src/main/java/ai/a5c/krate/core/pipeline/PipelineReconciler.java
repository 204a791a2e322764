package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Written;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ListRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Brings pipelines forward: makes their jobs once there is a pool, lets each job wait for a runner
 * when what it needs has ended well, and says what came of it. It writes jobs that do not run, and
 * none that does: those are the runners'.
 */
final class PipelineReconciler implements Reconciler {
  static final String SUCCEEDED = "Succeeded";

  private static final Duration AGAIN = Duration.ofSeconds(5);
  private static final Duration SOON = Duration.ofMillis(200);

  private final Client client;
  private final Objects objects;
  private final Workflows workflows;
  private final Pools pools;
  private final Reports reports;
  private final InstantSource clock;

  /** Those that wait for a pool. */
  private final Set<ObjectName> waiting = ConcurrentHashMap.newKeySet();

  PipelineReconciler(
      Client client, Objects objects, Workflows workflows, Pools pools, InstantSource clock) {
    this.client = client;
    this.objects = objects;
    this.workflows = workflows;
    this.pools = pools;
    this.reports = new Reports(client);
    this.clock = clock;
  }

  static List<Grants.Rule> grants() {
    List<Grants.Rule> rules = new ArrayList<>();
    GroupResource repository = ForgeKinds.REPOSITORY.resource();
    for (Kind kind : List.of(ForgeKinds.PIPELINE, ForgeKinds.JOB, ForgeKinds.CHECK)) {
      String[] verbs = {"get", "create", "update", "delete"};
      rules.add(Grants.Rule.of(kind.resource(), verbs));
      rules.add(Grants.Rule.ofStatus(kind.resource()));
      rules.add(Grants.Rule.within(repository, kind.plural(), verbs));
    }
    return rules;
  }

  @Override
  public String name() {
    return "pipelines";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.PIPELINE;
  }

  /** Its own changes, those of its jobs, and, as long as it waits for one, those of pools. */
  @Override
  public List<ObjectName> affected(Change change) {
    if (!(change instanceof Change.ObjectChanged changed)) {
      return List.of();
    }
    GroupResource resource = changed.object().key().resource();
    String namespace = changed.object().key().namespace();
    if (resource.equals(kind().resource())) {
      return List.of(new ObjectName(namespace, changed.object().key().name()));
    }
    if (resource.equals(ForgeKinds.JOB.resource())) {
      ApiObject job = objects.read(ForgeKinds.JOB, changed.object());
      return List.of(new ObjectName(namespace, job.text("spec", "pipeline")));
    }
    return resource.equals(ForgeKinds.RUNNER_POOL.resource())
        ? waiting.stream().filter(name -> name.namespace().equals(namespace)).toList()
        : List.of();
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    waiting.remove(name);
    Optional<ApiObject> found = client.get(kind(), name.namespace(), name.name());
    if (found.isEmpty()) {
      boolean gone = !hasJobs(name) || removeJobs(name, PipelineJobs.MOST, "");
      return gone ? Optional.empty() : Optional.of(SOON);
    }
    ApiObject pipeline = found.get();
    if (pipeline.isTerminating()) {
      return clear(name, pipeline);
    }
    Optional<ApiObject> repository =
        objects.get(ForgeKinds.REPOSITORY, name.namespace(), pipeline.text("spec", "repository"));
    if (repository.filter(named -> PipelineStrategy.isOf(pipeline, named)).isEmpty()) {
      // It was made while its repository went, and a namesake has nothing to do with it.
      var unused = client.delete(kind(), pipeline);
      return Optional.empty();
    }
    if (repository.get().isTerminating()) {
      return Optional.of(AGAIN);
    }
    if (PipelineStrategy.isFinished(pipeline.text("status", "phase"))) {
      reports.report(pipeline, message(pipeline));
      return Optional.empty();
    }
    return total(pipeline) == 0
        ? begin(name, pipeline, repository.get().uid())
        : advance(name, pipeline);
  }

  private static int total(ApiObject pipeline) {
    Pipeline.JobCount jobs = RecordCodec.read(Pipeline.class, pipeline.json()).status().jobs();
    return jobs == null ? 0 : jobs.total();
  }

  /** Makes the jobs, all of them or none. */
  private Optional<Duration> begin(ObjectName name, ApiObject pipeline, Uid repository) {
    if (pipeline.isTrue("spec", "canceled")) {
      ended(name, "Canceled", "Canceled", "it was canceled before it began");
      return Optional.empty();
    }
    Optional<WorkflowFile> file =
        workflows.find(
            repository,
            ObjectId.of(pipeline.text("spec", "commit")),
            pipeline.text("spec", "workflow"));
    if (!(file.orElse(null) instanceof WorkflowFile.Sound sound)
        || !sound.digest().equals(pipeline.text("status", "workflowDigest"))) {
      ended(name, "Failed", "WorkflowGone", "the workflow file is no longer as it was");
      return Optional.empty();
    }
    waiting.add(name);
    Optional<String> pool = pool(pipeline);
    if (pool.isEmpty()) {
      blocked(name, "NoPool", noPool(pipeline));
      return Optional.empty();
    }
    waiting.remove(name);
    List<ApiObject> jobs = PipelineJobs.of(pipeline, sound.spec(), pool.get());
    Optional<String> refusal = make(pipeline, jobs);
    if (refusal.isPresent()) {
      removeJobs(name, jobs.size(), pipeline.uid().toString());
      blocked(name, "JobsRefused", refusal.get());
      return Optional.of(AGAIN);
    }
    var made =
        client.updateStatus(
            kind(),
            name.namespace(),
            name.name(),
            current ->
                current.with(
                    RecordCodec.write(new Pipeline.JobCount(jobs.size(), 0, 0)), "status", "jobs"));
    return advance(name, made.object());
  }

  private Optional<String> pool(ApiObject pipeline) {
    String named = pipeline.text("spec", "pool");
    TrustTier tier = tier(pipeline);
    return named.isEmpty()
        ? pools.first(pipeline.namespace(), pipeline.text("spec", "repository"), tier)
        : pools
            .find(pipeline.namespace(), named)
            .filter(pool -> PipelineStrategy.mayRun(pool.trustTier(), tier))
            .filter(pool -> pool.takes(pipeline.text("spec", "repository")))
            .map(pool -> named);
  }

  private static TrustTier tier(ApiObject pipeline) {
    return pipeline.text("status", "trustTier").equals("Trusted")
        ? TrustTier.TRUSTED
        : TrustTier.UNTRUSTED;
  }

  private static String noPool(ApiObject pipeline) {
    String named = pipeline.text("spec", "pool");
    String tier = pipeline.text("status", "trustTier");
    String repository = pipeline.text("spec", "repository");
    return named.isEmpty()
        ? "no RunnerPool of namespace %s is %s and takes jobs of %s: make one with spec.trustTier %s"
            .formatted(pipeline.namespace(), tier, repository, tier)
        : "RunnerPool %s is not there, or takes no %s jobs of %s: make it, or let it"
            .formatted(named, tier, repository);
  }

  /** Why a job could not be made, if so. */
  private Optional<String> make(ApiObject pipeline, List<ApiObject> jobs) {
    for (ApiObject job : jobs) {
      Optional<ApiObject> there = client.get(ForgeKinds.JOB, pipeline.namespace(), job.name());
      if (there.isPresent() && isOf(there.get(), pipeline.uid().toString())) {
        continue;
      }
      try {
        there.ifPresent(left -> client.delete(ForgeKinds.JOB, left));
        var unused = client.create(ForgeKinds.JOB, job);
      } catch (ApiException e) {
        if (!(e.problem() instanceof Problem.Forbidden)) {
          throw e;
        }
        return Optional.of(String.valueOf(e.getMessage()));
      }
    }
    return Optional.empty();
  }

  private static boolean isOf(ApiObject job, String pipelineUid) {
    return job.text("status", "pipelineUid").equals(pipelineUid);
  }

  private Optional<Duration> advance(ObjectName name, ApiObject pipeline) {
    boolean canceled = pipeline.isTrue("spec", "canceled");
    List<Job> jobs = new ArrayList<>();
    boolean before = !pipeline.text("spec", "resumeFrom").isEmpty();
    List<Progress.One> states = new ArrayList<>();
    for (int i = 0; i < total(pipeline); i++) {
      Optional<ApiObject> found =
          objects
              .get(ForgeKinds.JOB, name.namespace(), PipelineJobs.name(name.name(), i))
              .filter(job -> isOf(job, pipeline.uid().toString()));
      if (found.isEmpty()) {
        ended(name, "Failed", "JobGone", "job " + i + " was deleted");
        return Optional.empty();
      }
      Job job = RecordCodec.read(Job.class, found.get().json());
      before &= !job.spec().step().equals(pipeline.text("spec", "resumeFrom"));
      jobs.add(job);
      states.add(Progress.One.of(job, before));
    }
    boolean started = !pipeline.text("status", "startTime").isEmpty();
    Progress progress = Progress.of(states, canceled, started);
    boolean all = true;
    for (Map.Entry<Integer, Job.Phase> move : progress.moves().entrySet()) {
      all &= move(name, jobs.get(move.getKey()), move.getKey(), move.getValue());
    }
    if (!all) {
      return Optional.of(SOON);
    }
    Summary summary = Summary.of(name.name(), jobs, progress, clock.instant());
    var told =
        client.updateStatus(kind(), name.namespace(), name.name(), current -> summary.on(current));
    reports.report(told.object(), summary.message());
    return Optional.empty();
  }

  /** Whether the job went there; if a runner took it meanwhile, it did not. */
  private boolean move(ObjectName pipeline, Job job, int index, Job.Phase to) {
    Job.Phase from = Progress.One.of(job, false).phase();
    Instant now = clock.instant();
    var moved =
        client.updateStatus(
            ForgeKinds.JOB,
            pipeline.namespace(),
            PipelineJobs.name(pipeline.name(), index),
            current -> JobStrategy.phase(current) == from ? moved(current, to, now) : current);
    return JobStrategy.phase(moved.object()) == to;
  }

  private static ApiObject moved(ApiObject job, Job.Phase to, Instant now) {
    String time = ApiObject.seconds(now);
    return switch (to) {
      case QUEUED ->
          Conditions.unknown(
              job.withText("Queued", "status", "phase").withText(time, "status", "queueTime"),
              SUCCEEDED,
              "Queued",
              "it waits for a runner",
              now);
      case SKIPPED ->
          Conditions.set(
              job.withText("Skipped", "status", "phase").withText(time, "status", "completionTime"),
              SUCCEEDED,
              false,
              "Skipped",
              "a step that it needs did not end well",
              now);
      case CANCELED ->
          Conditions.set(
              job.withText("Canceled", "status", "phase")
                  .withText(time, "status", "completionTime"),
              SUCCEEDED,
              false,
              "Canceled",
              "the pipeline was canceled",
              now);
      case PENDING, BLOCKED, RUNNING, SUCCEEDED, FAILED ->
          throw new IllegalStateException("jobs go to " + to + " by a runner");
    };
  }

  private void blocked(ObjectName name, String reason, String message) {
    Instant now = clock.instant();
    var told =
        client.updateStatus(
            kind(),
            name.namespace(),
            name.name(),
            current ->
                Conditions.unknown(
                    current.withText("Blocked", "status", "phase"),
                    SUCCEEDED,
                    reason,
                    message,
                    now));
    reports.report(told.object(), message);
  }

  private void ended(ObjectName name, String phase, String reason, String message) {
    Instant now = clock.instant();
    var told =
        client.updateStatus(
            kind(),
            name.namespace(),
            name.name(),
            current ->
                PipelineStrategy.isFinished(current.text("status", "phase"))
                    ? current
                    : Conditions.set(
                        current
                            .withText(phase, "status", "phase")
                            .withText(ApiObject.seconds(now), "status", "completionTime"),
                        SUCCEEDED,
                        false,
                        reason,
                        message,
                        now));
    reports.report(told.object(), message);
  }

  /** Ends what has not begun, waits for what runs, and lets go once no job is left. */
  private Optional<Duration> clear(ObjectName name, ApiObject pipeline) {
    if (!pipeline.finalizers().contains(Marks.FINALIZER)) {
      return Optional.empty();
    }
    String uid = pipeline.uid().toString();
    int jobs = total(pipeline) == 0 ? PipelineJobs.MOST : total(pipeline);
    if (!removeJobs(name, jobs, uid)) {
      return Optional.of(SOON);
    }
    var unused =
        client.update(
            kind(),
            name.namespace(),
            name.name(),
            current -> current.withoutFinalizer(Marks.FINALIZER));
    return Optional.empty();
  }

  /** Whether there may be jobs of a pipeline that is gone. */
  private boolean hasJobs(ObjectName pipeline) {
    String prefix = pipeline.name() + "-";
    var after = new ListRequest.Place(pipeline.namespace(), prefix);
    return objects.list(ForgeKinds.JOB, pipeline.namespace(), after, 1, null).objects().stream()
        .anyMatch(job -> job.key().name().startsWith(prefix));
  }

  /**
   * Deletes jobs that do not run, canceled first so that no runner takes one meanwhile.
   *
   * @param uid of the pipeline whose jobs are meant; empty for any
   * @return whether none is left
   */
  private boolean removeJobs(ObjectName pipeline, int most, String uid) {
    boolean none = true;
    for (int i = most - 1; i >= 0; i--) {
      String job = PipelineJobs.name(pipeline.name(), i);
      Optional<ApiObject> found =
          objects
              .get(ForgeKinds.JOB, pipeline.namespace(), job)
              .filter(there -> uid.isEmpty() || isOf(there, uid));
      if (found.isEmpty()) {
        continue;
      }
      ApiObject there = found.get();
      Job.Phase phase = JobStrategy.phase(there);
      if (!phase.isFinished() && phase != Job.Phase.RUNNING) {
        Instant now = clock.instant();
        there =
            client
                .updateStatus(
                    ForgeKinds.JOB,
                    pipeline.namespace(),
                    job,
                    current ->
                        JobStrategy.phase(current) == phase
                            ? moved(current, Job.Phase.CANCELED, now)
                            : current)
                .object();
      }
      none &=
          JobStrategy.phase(there).isFinished()
              && !there.isTerminating()
              && client.delete(ForgeKinds.JOB, there).outcome() == Written.Outcome.REMOVED;
    }
    return none;
  }

  private static String message(ApiObject pipeline) {
    return RecordCodec.read(Pipeline.class, pipeline.json()).status().conditions().stream()
        .filter(condition -> condition.type().equals(SUCCEEDED))
        .map(Condition::message)
        .findFirst()
        .orElse("");
  }
}
