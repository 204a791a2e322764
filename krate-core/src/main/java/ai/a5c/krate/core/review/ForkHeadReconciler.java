package ai.a5c.krate.core.review;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.storage.Change;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Moves the heads of open pull requests from forks to where their branches are: by what is stored
 * when it looks, so that it does not matter how often a fork was pushed to meanwhile, or who looked
 * before. The writing brings the objects along ({@link ForkHeadPreparation}) and the ref ({@link
 * HeadContribution}).
 */
final class ForkHeadReconciler implements Reconciler {
  static final String SUBJECT = Grants.PREFIX + "fork-heads";

  /** Whether the head is where its branch is. */
  private static final String CURRENT = "HeadCurrent";

  private final Client client;
  private final Repositories repositories;
  private final InstantSource clock;
  private final Wakes wakes = new Wakes();

  /** A branch that pull requests come from. */
  private record Source(Uid repository, String branch) {}

  ForkHeadReconciler(Client client, Objects objects, InstantSource clock) {
    this.client = client;
    this.repositories = new Repositories(objects);
    this.clock = clock;
  }

  static List<Grants.Rule> grants() {
    return MergeabilityReconciler.grants();
  }

  @Override
  public String name() {
    return "fork-heads";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.PULL_REQUEST;
  }

  /** Its own changes, and those of its source branch. */
  @Override
  public List<ObjectName> affected(Change change) {
    return switch (change) {
      case Change.ObjectChanged changed
          when changed.object().key().resource().equals(kind().resource()) ->
          List.of(
              new ObjectName(changed.object().key().namespace(), changed.object().key().name()));
      case Change.ObjectChanged changed -> List.of();
      case Change.RefMoved moved ->
          moved
              .ref()
              .branch()
              .map(branch -> wakes.of(new Source(moved.repository(), branch)))
              .orElse(List.of());
    };
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    Optional<ApiObject> found = client.get(kind(), name.namespace(), name.name());
    if (found.isEmpty() || !follows(found.get())) {
      wakes.forget(name);
      return Optional.empty();
    }
    ApiObject pull = found.get();
    // Ahead of the look at the branch: who moves it after that look finds this here.
    wakes.put(
        name,
        Set.of(
            new Source(
                Uid.of(pull.text("status", "sourceUid")), pull.text("spec", "sourceBranch"))));
    boolean stays =
        repositories.find(name.namespace(), pull.text("spec", "repository")).isPresent();
    Optional<ObjectId> tip = repositories.sourceTip(pull);
    if (stays
        && tip.isPresent()
        && !tip.get().hex().equals(pull.text("status", "head", "commit"))) {
      follow(name);
    }
    return Optional.empty();
  }

  private void follow(ObjectName name) {
    try {
      client.updateStatus(kind(), name.namespace(), name.name(), this::moved);
    } catch (ApiException e) {
      if (!(e.problem() instanceof Problem.Invalid)) {
        throw e;
      }
      client.updateStatus(
          kind(),
          name.namespace(),
          name.name(),
          current ->
              follows(current)
                  ? Conditions.set(current, CURRENT, false, "Refused", message(e), clock.instant())
                  : current);
    }
  }

  private static String message(ApiException refusal) {
    String message = String.valueOf(refusal.getMessage());
    return message.substring(0, Math.min(message.length(), 1_024));
  }

  /** The pull request at the commit where its branch is by now. */
  private ApiObject moved(ApiObject current) {
    Optional<ObjectId> tip = follows(current) ? repositories.sourceTip(current) : Optional.empty();
    if (tip.isEmpty() || tip.get().hex().equals(current.text("status", "head", "commit"))) {
      return current;
    }
    ApiObject moved =
        current
            .withText(tip.get().hex(), "status", "head", "commit")
            .withText("Unknown", "status", "mergeable");
    return current.at("status", "conditions").isEmpty()
        ? moved
        : Conditions.set(moved, CURRENT, true, "Followed", "", clock.instant());
  }

  private static boolean follows(ApiObject pull) {
    return Repositories.isFromFork(pull) && Pulls.isOpen(pull) && !pull.isTerminating();
  }
}
