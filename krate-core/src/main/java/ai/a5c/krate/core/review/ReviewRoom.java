package ai.a5c.krate.core.review;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.core.forge.Assessor;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Movers;
import ai.a5c.krate.core.forge.Protections;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.Room;
import ai.a5c.krate.spi.git.GitBackend;
import java.util.List;
import java.util.Map;

/** Pull requests, their reviews and checks, and issues. */
public final class ReviewRoom implements Room {
  private final Objects objects;
  private final Repositories repositories;
  private final Protections protections;
  private final Assessor assessor;
  private final Authorizer people;
  private final GitBackend git;

  /**
   * The room of a server.
   *
   * @param people decides about everybody but controllers
   */
  public ReviewRoom(
      Objects objects,
      Protections protections,
      Assessor assessor,
      Authorizer people,
      GitBackend git) {
    this.objects = objects;
    this.repositories = new Repositories(objects);
    this.protections = protections;
    this.assessor = assessor;
    this.people = people;
    this.git = git;
  }

  @Override
  public Map<Kind, Strategy> strategies() {
    return Map.of(
        ForgeKinds.PULL_REQUEST, new PullRequestStrategy(repositories),
        ForgeKinds.REVIEW, new ReviewStrategy(objects, repositories, people, git),
        ForgeKinds.CHECK, new CheckStrategy(repositories),
        ForgeKinds.ISSUE, new IssueStrategy(repositories));
  }

  @Override
  public Map<Kind, Preparation> preparations() {
    return Map.of(ForgeKinds.PULL_REQUEST, new ForkHeadPreparation(repositories, git));
  }

  @Override
  public List<Contribution> contributions() {
    return List.of(
        new OpinionContribution(objects),
        new CheckContribution(objects),
        new HeadContribution(objects, repositories),
        new MoverContribution(new Movers(objects)));
  }

  @Override
  public Map<String, List<Grants.Rule>> grants() {
    return Map.of(
        MergeabilityReconciler.SUBJECT, MergeabilityReconciler.grants(),
        ForkHeadReconciler.SUBJECT, ForkHeadReconciler.grants(),
        ReviewReconciler.SUBJECT, ReviewReconciler.grants());
  }

  @Override
  public List<Reconciler> reconcilers(ApiServer server) {
    return List.of(
        new MergeabilityReconciler(
            server.client(Subject.of(MergeabilityReconciler.SUBJECT)),
            objects,
            protections,
            assessor,
            git),
        new ForkHeadReconciler(
            server.client(Subject.of(ForkHeadReconciler.SUBJECT)),
            objects,
            server.environment().clock()),
        new ReviewReconciler(
            server.client(Subject.of(ReviewReconciler.SUBJECT)), objects, assessor));
  }
}
