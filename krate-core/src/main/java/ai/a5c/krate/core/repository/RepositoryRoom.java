package ai.a5c.krate.core.repository;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.core.forge.Escalation;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.Room;
import ai.a5c.krate.spi.git.GitBackend;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Repositories and their Git data. */
public final class RepositoryRoom implements Room {
  private final Objects objects;
  private final Escalation escalation;
  private final Arrivals arrivals;
  private final GitBackend git;
  private final Supplier<Optional<URI>> address;

  /**
   * The room.
   *
   * @param address where the server is reached, without a slash at the end; empty until it is known
   */
  public RepositoryRoom(
      Objects objects, Escalation escalation, GitBackend git, Supplier<Optional<URI>> address) {
    this.objects = objects;
    this.escalation = escalation;
    this.arrivals = new Arrivals(new Repositories(objects));
    this.git = git;
    this.address = address;
  }

  @Override
  public Map<Kind, Strategy> strategies() {
    return Map.of(ForgeKinds.REPOSITORY, new RepositoryStrategy(objects, arrivals, escalation));
  }

  @Override
  public Map<Kind, Preparation> preparations() {
    return Map.of(ForgeKinds.REPOSITORY, new GitDataPreparation(git));
  }

  @Override
  public Map<String, List<Grants.Rule>> grants() {
    return Map.of(
        RepositoryReconciler.SUBJECT, RepositoryReconciler.grants(),
        ForkReconciler.SUBJECT, ForkReconciler.grants());
  }

  @Override
  public List<Reconciler> reconcilers(ApiServer server) {
    return List.of(
        new RepositoryReconciler(
            objects,
            server.client(Subject.of(RepositoryReconciler.SUBJECT)),
            git,
            address,
            server.environment().clock()),
        new ForkReconciler(
            objects,
            server.client(Subject.of(ForkReconciler.SUBJECT)),
            git,
            arrivals,
            server.environment().clock()));
  }
}
