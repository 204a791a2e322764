package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Uid;
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
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.spi.storage.Change;
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
  private static final Duration SELDOM = Duration.ofMinutes(1);
  private static final Duration SOON = Duration.ofMillis(200);

  private final Client client;
  private final Objects objects;
  private final Workflows workflows;
  private final Pools pools;
  private final JobWriter jobs;
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
    this.jobs = new JobWriter(client, objects, clock);
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
      boolean gone = !jobs.hasAny(name) || jobs.remove(name, PipelineJobs.MOST, "");
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
    List<ApiObject> drafts = PipelineJobs.of(pipeline, sound.spec(), pool.get());
    Optional<String> refusal = jobs.make(pipeline, drafts);
    if (refusal.isPresent()) {
      blocked(
          name,
          "JobsRefused",
          "its " + drafts.size() + " jobs cannot be made now: " + refusal.get());
      return Optional.of(pause(pipeline));
    }
    var made =
        client.updateStatus(
            kind(),
            name.namespace(),
            name.name(),
            current ->
                current.with(
                    RecordCodec.write(new Pipeline.JobCount(drafts.size(), 0, 0)),
                    "status",
                    "jobs"));
    return advance(name, made.object());
  }

  /** The longer it has waited, the more seldom it asks, so that many who wait ask little. */
  private Duration pause(ApiObject pipeline) {
    Duration waited =
        Duration.between(
            Instant.parse(pipeline.text("metadata", "creationTimestamp")), clock.instant());
    Duration pause = waited.dividedBy(4);
    return pause.compareTo(AGAIN) < 0 ? AGAIN : pause.compareTo(SELDOM) > 0 ? SELDOM : pause;
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

  private Optional<Duration> advance(ObjectName name, ApiObject pipeline) {
    boolean canceled = pipeline.isTrue("spec", "canceled");
    List<Job> found = new ArrayList<>();
    boolean before = !pipeline.text("spec", "resumeFrom").isEmpty();
    List<Progress.One> states = new ArrayList<>();
    for (int i = 0; i < total(pipeline); i++) {
      Optional<ApiObject> stored = jobs.find(pipeline, i);
      if (stored.isEmpty()) {
        ended(name, "Failed", "JobGone", "job " + i + " was deleted");
        return Optional.empty();
      }
      Job job = RecordCodec.read(Job.class, stored.get().json());
      before &= !job.spec().step().equals(pipeline.text("spec", "resumeFrom"));
      found.add(job);
      states.add(Progress.One.of(job, before));
    }
    boolean started = !pipeline.text("status", "startTime").isEmpty();
    Progress progress = Progress.of(states, canceled, started);
    boolean all = true;
    for (Map.Entry<Integer, Job.Phase> move : progress.moves().entrySet()) {
      int index = move.getKey();
      all &= jobs.move(name, index, states.get(index).phase(), move.getValue());
    }
    if (!all) {
      return Optional.of(SOON);
    }
    Summary summary = Summary.of(name.name(), found, progress, clock.instant());
    var told =
        client.updateStatus(kind(), name.namespace(), name.name(), current -> summary.on(current));
    reports.report(told.object(), summary.message());
    return Optional.empty();
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
    int most = total(pipeline) == 0 ? PipelineJobs.MOST : total(pipeline);
    if (!jobs.remove(name, most, uid)) {
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

  private static String message(ApiObject pipeline) {
    return RecordCodec.read(Pipeline.class, pipeline.json()).status().conditions().stream()
        .filter(condition -> condition.type().equals(SUCCEEDED))
        .map(Condition::message)
        .findFirst()
        .orElse("");
  }
}
