package ai.a5c.krate.core.permission;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.core.forge.Escalation;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.Room;
import java.util.List;
import java.util.Map;

/** Permissions on one repository, and who may read it without one. */
public final class PermissionRoom implements Room {
  private final Objects objects;
  private final Repositories repositories;
  private final Escalation escalation;

  public PermissionRoom(Objects objects, Escalation escalation) {
    this.objects = objects;
    this.escalation = escalation;
    this.repositories = new Repositories(objects);
  }

  @Override
  public Map<Kind, Strategy> strategies() {
    return Map.of(
        ForgeKinds.REPOSITORY_PERMISSION, new PermissionStrategy(repositories, escalation));
  }

  @Override
  public Map<String, List<Grants.Rule>> grants() {
    return Map.of(
        PermissionReconciler.SUBJECT, PermissionReconciler.grants(),
        VisibilityReconciler.SUBJECT, VisibilityReconciler.grants());
  }

  @Override
  public List<Reconciler> reconcilers(ApiServer server) {
    return List.of(
        new PermissionReconciler(
            server.client(Subject.of(PermissionReconciler.SUBJECT)),
            repositories,
            new OwnedConfiguration(objects),
            server.environment().clock()),
        new VisibilityReconciler(server.client(Subject.of(VisibilityReconciler.SUBJECT))));
  }
}
