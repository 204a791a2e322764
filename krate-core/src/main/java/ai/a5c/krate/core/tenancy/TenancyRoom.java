package ai.a5c.krate.core.tenancy;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Review;
import ai.a5c.krate.core.forge.Escalation;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Room;
import java.util.List;
import java.util.Map;

/** Organizations, namespaces, secrets, and who the caller is. */
public final class TenancyRoom implements Room {
  private final Escalation escalation;

  public TenancyRoom(Escalation escalation) {
    this.escalation = escalation;
  }

  @Override
  public Map<Kind, Strategy> strategies() {
    return Map.of(
        ForgeKinds.NAMESPACE, new NamespaceStrategy(),
        ForgeKinds.SECRET, new SecretStrategy(),
        ForgeKinds.CONFIG_MAP, new ConfigMapStrategy(),
        ForgeKinds.ORGANIZATION, new OrganizationStrategy(escalation));
  }

  @Override
  public List<Review> reviews() {
    return List.of(new WhoAmI());
  }

  @Override
  public Map<String, List<Grants.Rule>> grants() {
    return Map.of(
        NamespaceReconciler.SUBJECT, NamespaceReconciler.grants(ForgeKinds.all().all()),
        OrganizationReconciler.SUBJECT, OrganizationReconciler.grants());
  }

  @Override
  public List<Reconciler> reconcilers(ApiServer server) {
    Client organizations = server.client(Subject.of(OrganizationReconciler.SUBJECT));
    return List.of(
        new NamespaceReconciler(
            server.objects(),
            server.client(Subject.of(NamespaceReconciler.SUBJECT)),
            server.kinds().all()),
        new OrganizationReconciler(server.objects(), organizations, server.environment().clock()),
        new UsageReconciler(server.objects(), organizations, server.environment().nanos()));
  }
}
