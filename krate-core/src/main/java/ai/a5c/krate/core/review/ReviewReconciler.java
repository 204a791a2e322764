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
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Opinions;
import ai.a5c.krate.core.forge.Opinions.Opinion;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.Tally;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Says of each review of an open pull request whether it counts, and removes the reviews of pull
 * requests that are gone.
 */
final class ReviewReconciler implements Reconciler {
  static final String SUBJECT = Grants.PREFIX + "reviews";

  /** No object's name: asks to look for reviews of pull requests that are gone. */
  private static final String ALL = "";

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
        Grants.Rule.within(
            ForgeKinds.REPOSITORY.resource(),
            ForgeKinds.REVIEW.plural(),
            "get",
            "update",
            "delete"));
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
        ? List.of(new ObjectName(namespace, ALL))
        : opinions(pull).all().stream()
            .map(opinion -> new ObjectName(namespace, opinion.review()))
            .toList();
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    if (name.name().equals(ALL)) {
      sweep(name.namespace());
      return Optional.empty();
    }
    Optional<ApiObject> found = client.get(kind(), name.namespace(), name.name());
    if (found.isEmpty() || found.get().isTerminating()) {
      return Optional.empty();
    }
    ApiObject review = found.get();
    Optional<ApiObject> pull = pull(review);
    if (pull.isEmpty()) {
      client.delete(kind(), review);
    } else if (Pulls.isOpen(pull.get())) {
      judge(name, review, pull.get());
    }
    return Optional.empty();
  }

  /** Only a person's newest decision can count. */
  private void judge(ObjectName name, ApiObject review, ApiObject pull) {
    Optional<Opinion> newest =
        opinions(pull)
            .of(review.text("status", "author", "name"), review.text("status", "author", "issuer"))
            .filter(opinion -> opinion.review().equals(review.name()));
    if (newest.isEmpty()) {
      say(name, current -> current.with(JsonValue.FALSE, "status", "current"));
      return;
    }
    Optional<ApiObject> repository =
        repositories.find(name.namespace(), pull.text("spec", "repository"));
    Optional<ObjectId> tip =
        repository.flatMap(r -> repositories.branch(r, pull.text("spec", "targetBranch")));
    if (tip.isEmpty()) {
      return;
    }
    Tally.Situation now = assessor.assess(repository.orElseThrow(), pull, tip.get()).situation();
    Opinion opinion = newest.get();
    boolean counts = now.standing(opinion).counts();
    say(
        name,
        current ->
            current
                .with(Records.truth(counts), "status", "current")
                .with(Records.truth(now.isStale(opinion)), "status", "stale")
                .with(Records.truth(now.wrote(opinion.name())), "status", "selfReview"));
  }

  private void say(ObjectName name, UnaryOperator<ApiObject> what) {
    client.updateStatus(
        kind(),
        name.namespace(),
        name.name(),
        current ->
            what.apply(current)
                .with(Json.number(current.generation()), "status", "observedGeneration"));
  }

  private Optional<ApiObject> pull(ApiObject review) {
    return objects.get(
        ForgeKinds.PULL_REQUEST, review.namespace(), review.text("spec", "pullRequest"));
  }

  private Opinions opinions(ApiObject pull) {
    return Opinions.of(objects.get(Opinions.KIND, "", Opinions.key(pull.uid())));
  }

  /** Removes what is left of pull requests that are gone; asks once for each of them. */
  private void sweep(String namespace) {
    Map<String, Boolean> gone = new HashMap<>();
    ListRequest.Place after = null;
    Listing page;
    do {
      page = objects.list(kind(), namespace, after, PAGE, null);
      for (StoredObject stored : page.objects()) {
        after = new ListRequest.Place(stored.key().namespace(), stored.key().name());
        ApiObject review = objects.read(kind(), stored);
        String of = review.text("spec", "pullRequest");
        if (gone.computeIfAbsent(of, name -> pull(review).isEmpty()) && !review.isTerminating()) {
          client.delete(kind(), review);
        }
      }
    } while (page.more());
  }
}
