package ai.a5c.krate.core.review;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.Review;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Indexes;
import ai.a5c.krate.core.forge.Opinions;
import ai.a5c.krate.core.forge.Opinions.Opinion;
import ai.a5c.krate.core.forge.Tally;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;

/**
 * Keeps each person's newest decision on a pull request together with the reviews, in the
 * transaction that writes the review. The pull request is written too, or required: so a merge that
 * read it before begins again, and sees the review.
 */
final class OpinionContribution implements Contribution {
  private final Objects objects;

  OpinionContribution(Objects objects) {
    this.objects = objects;
  }

  @Override
  public void contribute(Plan plan) {
    for (Step step : List.copyOf(plan.steps())) {
      switch (step) {
        case Step.Write write when write.kind().equals(ForgeKinds.REVIEW) -> {
          ApiObject old = write.old();
          if (old == null) {
            created(plan, write.object());
          } else if (write.object().isTrue("spec", "dismissed")
              && !old.isTrue("spec", "dismissed")) {
            dismissed(plan, write.object());
          }
        }
        case Step.Remove remove when remove.kind().equals(ForgeKinds.REVIEW) ->
            removed(plan, remove.last());
        case Step.Remove remove when remove.kind().equals(ForgeKinds.PULL_REQUEST) ->
            read(remove.last()).ifPresent(opinions -> Indexes.drop(plan, Opinions.KIND, opinions));
        default -> {}
      }
    }
  }

  private void created(Plan plan, ApiObject review) {
    Opinion opinion = opinion(review);
    if (!Tally.decides(opinion.decision())) {
      return;
    }
    ApiObject pull =
        pull(review)
            .filter(p -> p.text("spec", "repository").equals(review.text("status", "repository")))
            .orElseThrow(() -> gone(review));
    Optional<ApiObject> stored = read(pull);
    Opinions opinions = Opinions.of(stored);
    Optional<Opinion> before = opinions.of(opinion.name(), opinion.issuer());
    if (before.isEmpty() && opinions.people().size() >= Opinions.MOST) {
      throw refused(review, "at most " + Opinions.MOST + " people decide on one pull request");
    }
    Indexes.put(plan, Opinions.KIND, stored, Opinions.key(pull.uid()), opinions.with(opinion));
    before
        .flatMap(b -> objects.get(ForgeKinds.REVIEW, review.namespace(), b.review()))
        .filter(b -> b.isTrue("status", "current"))
        .ifPresent(
            b -> plan.write(ForgeKinds.REVIEW, b, b.with(JsonValue.FALSE, "status", "current")));
    lookAgain(plan, pull);
  }

  private void dismissed(Plan plan, ApiObject review) {
    Optional<ApiObject> pull = pull(review);
    if (pull.isEmpty()) {
      return;
    }
    Optional<ApiObject> stored = read(pull.get());
    Opinions opinions = Opinions.of(stored);
    Opinion opinion = opinion(review);
    if (isNewest(opinions, opinion)) {
      Indexes.put(
          plan, Opinions.KIND, stored, Opinions.key(pull.get().uid()), opinions.with(opinion));
      lookAgain(plan, pull.get());
    }
  }

  /** What blocks a merge is dismissed, with a reason, and does not just disappear. */
  private void removed(Plan plan, ApiObject review) {
    Optional<ApiObject> pull = pull(review);
    if (pull.isEmpty()) {
      return;
    }
    Optional<ApiObject> stored = read(pull.get());
    Opinions opinions = Opinions.of(stored);
    Opinion opinion = opinion(review);
    if (!isNewest(opinions, opinion)) {
      return;
    }
    boolean blocks =
        opinion.decision() == Review.Decision.REQUEST_CHANGES
            && !opinion.dismissed()
            && !pull.get().text("status", "phase").equals("Merged")
            && !pull.get().isTerminating();
    if (blocks && !plan.actor().startsWith(Grants.PREFIX)) {
      throw refused(review, "it requests changes: dismiss it before you delete it");
    }
    Opinions left = opinions.without(opinion);
    if (left.people().isEmpty() && stored.isPresent()) {
      Indexes.drop(plan, Opinions.KIND, stored.get());
    } else {
      Indexes.put(plan, Opinions.KIND, stored, Opinions.key(pull.get().uid()), left);
    }
    lookAgain(plan, pull.get());
  }

  /** Nobody knows any more whether it could be merged. */
  private static void lookAgain(Plan plan, ApiObject pull) {
    if (Indexes.touches(plan, ForgeKinds.PULL_REQUEST, pull.namespace(), pull.name())) {
      return;
    }
    ApiObject unknown = pull.withText("Unknown", "status", "mergeable");
    if (Pulls.isOpen(pull) && !unknown.equals(pull)) {
      plan.write(ForgeKinds.PULL_REQUEST, pull, unknown);
    } else {
      plan.add(
          new Step.Require(
              ForgeKinds.PULL_REQUEST, pull.namespace(), pull.name(), pull.revision()));
    }
  }

  private Optional<ApiObject> pull(ApiObject review) {
    return objects.get(
        ForgeKinds.PULL_REQUEST, review.namespace(), review.text("spec", "pullRequest"));
  }

  private Optional<ApiObject> read(ApiObject pull) {
    return objects.get(Opinions.KIND, "", Opinions.key(pull.uid()));
  }

  private static boolean isNewest(Opinions opinions, Opinion opinion) {
    return opinions
        .of(opinion.name(), opinion.issuer())
        .filter(newest -> newest.review().equals(opinion.review()))
        .isPresent();
  }

  private static Opinion opinion(ApiObject review) {
    Review.Spec spec = RecordCodec.read(Review.class, review.json()).spec();
    return new Opinion(
        review.name(),
        review.text("status", "author", "name"),
        review.text("status", "author", "issuer"),
        spec.decision(),
        review.text("spec", "commit"),
        review.text("status", "targetBranch"),
        spec.dismissed(),
        review.isTrue("status", "maintainer"));
  }

  private static ApiException gone(ApiObject review) {
    return new ApiException(
        new Problem.NotFound(
            ForgeKinds.PULL_REQUEST.resource(), review.text("spec", "pullRequest")));
  }

  private static ApiException refused(ApiObject review, String why) {
    return new ApiException(
        new Problem.Forbidden(
            ForgeKinds.REVIEW.resource(),
            review.name(),
            ForgeKinds.REVIEW.resource() + " \"" + review.name() + "\" is forbidden: " + why,
            List.of()));
  }
}
