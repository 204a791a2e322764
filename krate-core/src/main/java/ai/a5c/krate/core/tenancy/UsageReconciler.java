package ai.a5c.krate.core.tenancy;

import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Written;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.JobCounters;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.spi.storage.Change;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Says of each organization how many jobs run and wait in its namespace: once in a few seconds at
 * most, since each saying is a change with an audit entry.
 */
final class UsageReconciler implements Reconciler {
  private static final Duration REST = Duration.ofSeconds(5);

  private final Objects objects;
  private final Client client;
  private final LongSupplier nanos;

  /** Until when the namespaces rest that were looked at lately. */
  private final Map<ObjectName, Long> resting = new ConcurrentHashMap<>();

  UsageReconciler(Objects objects, Client client, LongSupplier nanos) {
    this.objects = objects;
    this.client = client;
    this.nanos = nanos;
  }

  @Override
  public String name() {
    return "usage";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.NAMESPACE;
  }

  @Override
  public List<ObjectName> affected(Change change) {
    return change instanceof Change.ObjectChanged changed
            && changed.object().key().resource().equals(ForgeKinds.JOB.resource())
        ? List.of(new ObjectName("", changed.object().key().namespace()))
        : List.of();
  }

  @Override
  public Optional<Duration> reconcile(ObjectName namespace) {
    long now = nanos.getAsLong();
    resting.values().removeIf(until -> until - now <= 0);
    Long until = resting.putIfAbsent(namespace, now + REST.toNanos());
    if (until != null) {
      return Optional.of(Duration.ofNanos(until - now));
    }
    String name = namespace.name();
    long running = objects.records().counter(JobCounters.running(name));
    long waiting = objects.records().counter(JobCounters.waiting(name));
    owner(name)
        .ifPresent(
            organization -> {
              Written unused =
                  client.updateStatus(
                      ForgeKinds.ORGANIZATION,
                      "",
                      organization.name(),
                      current -> used(current, running, waiting));
            });
    return Optional.empty();
  }

  private Optional<ApiObject> owner(String namespace) {
    return client
        .get(ForgeKinds.NAMESPACE, "", namespace)
        .map(found -> found.labels().getOrDefault(Marks.ORGANIZATION, ""))
        .filter(name -> !name.isEmpty())
        .flatMap(name -> client.get(ForgeKinds.ORGANIZATION, "", name))
        .filter(organization -> organization.text("status", "namespace").equals(namespace));
  }

  /** An organization that never had a job is left as it is. */
  private static ApiObject used(ApiObject organization, long running, long waiting) {
    return running + waiting == 0 && organization.at("status", "usage").isEmpty()
        ? organization
        : organization.with(
            Json.object().add("concurrentJobs", running).add("queuedJobs", waiting).build(),
            "status",
            "usage");
  }
}
