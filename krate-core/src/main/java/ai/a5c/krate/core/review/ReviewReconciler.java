package ai.a5c.krate.core.review;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.Assessor;
import ai.a5c.krate.core.forge.Assessor.Assessment;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Opinions;
import ai.a5c.krate.core.forge.Opinions.Opinion;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Says of each review of an open pull request whether it counts, and removes the reviews of pull
 * requests that are gone.
 */
final class ReviewReconciler implements Reconciler {
  static final String SUBJECT = Grants.PREFIX + "reviews";

  private static final int PAGE = 500;

  private final Client client;
  private final Objects objects;
  private final Repositories repositories;
  private final Assessor assessor;

  ReviewReconciler(Client client, Objects objects, Assessor assessor) {
    this.client = client;
    this.objects = objects;
    this.repositories = new Repositories(objects);
    this.assessor = assessor;
  }

  static List<Grants.Rule> grants() {
    return List.of(
        Grants.Rule.of(ForgeKinds.REVIEW.resource(), "get", "delete"),
        Grants.Rule.ofStatus(ForgeKinds.REVIEW.resource()),
        new Grants.Rule(
            Set.of("update", "delete"),
            ForgeKinds.REPOSITORY.resource(),
            ForgeKinds.REVIEW.plural()));
  }

  @Override
  public String name() {
    return "reviews";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.REVIEW;
  }

  /** Its own changes, and those of its pull request. */
  @Override
  public List<ObjectName> affected(Change change) {
    if (!(change instanceof Change.ObjectChanged changed)) {
      return List.of();
    }
    String namespace = changed.object().key().namespace();
    if (changed.object().key().resource().equals(kind().resource())) {
      return List.of(new ObjectName(namespace, changed.object().key().name()));
    }
    if (!changed.object().key().resource().equals(ForgeKinds.PULL_REQUEST.resource())) {
      return List.of();
    }
    ApiObject pull = objects.read(ForgeKinds.PULL_REQUEST, changed.object());
    return changed.type() == Change.Type.DELETED
        ? reviewsOf(namespace, pull.name())
        : opinions(pull).all().stream()
            .map(opinion -> new ObjectName(namespace, opinion.review()))
            .toList();
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    Optional<ApiObject> found = client.get(kind(), name.namespace(), name.name());
    if (found.isEmpty() || found.get().isTerminating()) {
      return Optional.empty();
    }
    ApiObject review = found.get();
    Optional<ApiObject> pull =
        objects.get(
            ForgeKinds.PULL_REQUEST, name.namespace(), review.text("spec", "pullRequest"));
    if (pull.isEmpty()) {
      client.delete(kind(), review);
    } else if (Pulls.isOpen(pull.get())) {
      judge(name, review, pull.get());
    }
    return Optional.empty();
  }

  /** Only a person's newest decision can count; what it replaced was told so then. */
  private void judge(ObjectName name, ApiObject review, ApiObject pull) {
    Optional<Opinion> newest =
        opinions(pull)
            .of(
                review.text("status", "author", "name"),
                review.text("status", "author", "issuer"))
            .filter(opinion -> opinion.review().equals(review.name()));
    Optional<ApiObject> repository =
        repositories.find(name.namespace(), pull.text("spec", "repository"));
    Optional<ObjectId> tip =
        repository.flatMap(r -> repositories.branch(r, pull.text("spec", "targetBranch")));
    if (newest.isEmpty() || tip.isEmpty()) {
      return;
    }
    Assessment assessment = assessor.assess(repository.orElseThrow(), pull, tip.get());
    Opinion opinion = newest.get();
    client.updateStatus(
        kind(),
        name.namespace(),
        name.name(),
        current ->
            current
                .with(
                    Records.truth(assessment.situation().standing(opinion).counts()),
                    "status",
                    "current")
                .with(
                    Records.truth(assessment.situation().isStale(opinion)), "status", "stale")
                .with(
                    Records.truth(assessment.situation().wrote(opinion.name())),
                    "status",
                    "selfReview")
                .with(Json.number(current.generation()), "status", "observedGeneration"));
  }

  private Opinions opinions(ApiObject pull) {
    return Opinions.of(objects.get(Opinions.KIND, "", Opinions.key(pull.uid())));
  }

  private List<ObjectName> reviewsOf(String namespace, String pull) {
    List<ObjectName> reviews = new ArrayList<>();
    ListRequest.Place after = null;
    Listing page;
    do {
      page = objects.list(kind(), namespace, after, PAGE, null);
      for (StoredObject stored : page.objects()) {
        after = new ListRequest.Place(stored.key().namespace(), stored.key().name());
        if (objects.read(kind(), stored).text("spec", "pullRequest").equals(pull)) {
          reviews.add(new ObjectName(namespace, stored.key().name()));
        }
      }
    } while (page.more());
    return reviews;
  }
}
