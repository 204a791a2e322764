package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.spi.storage.Change;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Forgets what deleted jobs have printed, and then lets them go: a job that was begun has a
 * finalizer for that. As long as one runs, its runner may still write; that ends soon after the
 * deletion, or with the lease of a server that died. Any server does it, and as often as needed.
 */
final class LogCollector implements Reconciler {
  private final Client client;
  private final Objects objects;
  private final JobLogs logs;

  LogCollector(Client client, Objects objects, JobLogs logs) {
    this.client = client;
    this.objects = objects;
    this.logs = logs;
  }

  @Override
  public String name() {
    return "job-logs";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.JOB;
  }

  /** Jobs that somebody deletes. */
  @Override
  public List<ObjectName> affected(Change change) {
    if (!(change instanceof Change.ObjectChanged changed)
        || changed.type() == Change.Type.DELETED
        || !changed.object().key().resource().equals(kind().resource())) {
      return List.of();
    }
    ApiObject job = objects.read(kind(), changed.object());
    return isSpent(job) ? List.of(new ObjectName(job.namespace(), job.name())) : List.of();
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    Optional<ApiObject> spent =
        objects.get(kind(), name.namespace(), name.name()).filter(LogCollector::isSpent);
    if (spent.isPresent()) {
      logs.forget(spent.get().uid());
      var unused =
          client.update(
              kind(),
              name.namespace(),
              name.name(),
              job ->
                  job.uid().equals(spent.get().uid())
                      ? job.withoutFinalizer(Marks.FINALIZER)
                      : job);
    }
    return Optional.empty();
  }

  private static boolean isSpent(ApiObject job) {
    return job.isTerminating()
        && job.finalizers().contains(Marks.FINALIZER)
        && JobStatus.of(job).status().phase() != Job.Phase.RUNNING;
  }
}
