package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.JobOwners;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.Room;
import ai.a5c.krate.spi.git.GitBackend;
import java.util.List;
import java.util.Map;

/** Pipelines: what starts them, how far their code is trusted, their jobs and their checks. */
public final class PipelineRoom implements Room {
  private final Objects objects;
  private final Repositories repositories;
  private final Workflows workflows;
  private final Pools pools;
  private final GitBackend git;

  public PipelineRoom(Objects objects, GitBackend git) {
    this.objects = objects;
    this.repositories = new Repositories(objects);
    this.workflows = new Workflows(git);
    this.pools = new Pools(objects);
    this.git = git;
  }

  /** The declaration of workflow files, which are checked like a kind and not served. */
  public static Kind workflow() {
    return WorkflowFile.KIND;
  }

  @Override
  public Map<Kind, Strategy> strategies() {
    return Map.of(
        ForgeKinds.PIPELINE, new PipelineStrategy(objects, repositories, pools),
        ForgeKinds.JOB, new JobStrategy());
  }

  @Override
  public Map<Kind, Preparation> preparations() {
    return Map.of(
        ForgeKinds.PIPELINE, new PipelinePreparation(objects, repositories, workflows, git));
  }

  @Override
  public Map<String, List<Grants.Rule>> grants() {
    return Map.of(JobOwners.PIPELINES, PipelineReconciler.grants());
  }

  @Override
  public List<Reconciler> reconcilers(ApiServer server) {
    return List.of(
        new PipelineReconciler(
            client(server), objects, workflows, pools, server.environment().clock()));
  }

  /** Begins to read what starts pipelines, where the last run ended. */
  @Override
  public List<AutoCloseable> start(ApiServer server) {
    Triggers triggers = new Triggers(server, new Starter(client(server), objects, workflows, git));
    triggers.start();
    return List.of(triggers);
  }

  private static Client client(ApiServer server) {
    return server.client(Subject.of(JobOwners.PIPELINES));
  }
}
