package ai.a5c.krate.core.review;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.git.GitBackend;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The life of a review: it is made once and stays, but for its text and its dismissal. The reviewer
 * may dismiss it, and who may maintain the repository.
 */
final class ReviewStrategy implements Strategy {
  private final Objects objects;
  private final Repositories repositories;
  private final Authorizer people;
  private final GitBackend git;

  /**
   * A strategy.
   *
   * @param people asked whether who approves may maintain the repository
   */
  ReviewStrategy(Objects objects, Repositories repositories, Authorizer people, GitBackend git) {
    this.objects = objects;
    this.repositories = repositories;
    this.people = people;
    this.git = git;
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    ApiObject written = Records.opened(context, object);
    Optional<ApiObject> found = pull(context, object);
    if (found.isEmpty()) {
      return written.with(null, "metadata", "labels", Marks.REPOSITORY);
    }
    ApiObject pull = found.get();
    String head = pull.text("status", "head", "commit");
    if (written.text("spec", "commit").isEmpty()) {
      written = written.withText(head, "spec", "commit");
    }
    boolean self = pull.text("status", "author", "name").equals(context.subject().name());
    String decision = written.text("spec", "decision");
    if (!decision.equals("Approve")) {
      written = written.with(Records.truth(decision.equals("RequestChanges")), "status", "current");
    }
    String repository = pull.text("spec", "repository");
    if (decision.equals("Approve")) {
      boolean maintains = maintains(context, repository);
      written = written.with(Records.truth(maintains), "status", "maintainer");
    }
    return written
        .withText(repository, "status", "repository")
        .withLabel(Marks.REPOSITORY, repository)
        .withText(pull.text("spec", "targetBranch"), "status", "targetBranch")
        .with(Records.truth(!written.text("spec", "commit").equals(head)), "status", "stale")
        .with(Records.truth(self), "status", "selfReview");
  }

  /** What is known of somebody's rights is known when he asks: his groups are not kept. */
  private boolean maintains(WriteContext context, String repository) {
    var asked =
        new Attributes(
            context.subject(),
            "maintain",
            ForgeKinds.REPOSITORY.resource(),
            "",
            context.namespace(),
            repository);
    return people.decide(asked) instanceof Decision.Allow;
  }

  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    if (context.onStatus()) {
      return object;
    }
    ApiObject updated = object.withLabel(Marks.REPOSITORY, repository(old));
    if (old.isTrue("spec", "dismissed")) {
      updated = updated.with(JsonValue.TRUE, "spec", "dismissed");
      return updated.text("spec", "dismissReason").isEmpty()
          ? updated.withText(old.text("spec", "dismissReason"), "spec", "dismissReason")
          : updated;
    }
    return updated.isTrue("spec", "dismissed")
        ? updated
            .withText(context.subject().name(), "status", "dismissedBy")
            .with(JsonValue.FALSE, "status", "current")
        : updated;
  }

  /** Who dismisses somebody else's review maintains the repository. */
  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    boolean others =
        old != null && dismisses(old, object) && !Records.isAuthor(context.subject(), old);
    return others
        ? List.of(new Claim("maintain", ForgeKinds.REPOSITORY.resource(), "", repository(object)))
        : List.of();
  }

  /** Its pull request's repository, as the server wrote it down. */
  @Override
  public Optional<Scope> scope() {
    return Optional.of(
        new Scope(
            ForgeKinds.REPOSITORY.resource(),
            review -> Optional.of(repository(review)).filter(name -> !name.isEmpty()),
            List.of("spec.pullRequest")));
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (context.onStatus() || object.isTerminating()) {
      return List.of();
    }
    return old == null ? validateNew(context, object) : validateChange(context, old, object);
  }

  private List<FieldError> validateNew(WriteContext context, ApiObject object) {
    Optional<ApiObject> pull = pull(context, object);
    Optional<ApiObject> repository =
        pull.flatMap(p -> repositories.find(context.namespace(), p.text("spec", "repository")));
    if (pull.isEmpty() || repository.isEmpty()) {
      return List.of(FieldError.notFound("spec.pullRequest", object.text("spec", "pullRequest")));
    }
    List<FieldError> errors = new ArrayList<>();
    String head = pull.get().text("status", "head", "commit");
    String commit = object.text("spec", "commit");
    boolean known =
        commit.equals(head)
            || git.compare(repository.get().uid(), ObjectId.of(commit), ObjectId.of(head))
                .isPresent();
    if (!known) {
      errors.add(FieldError.invalid("spec.commit", commit, "the repository has no such commit"));
    }
    if (object.isTrue("spec", "dismissed")) {
      errors.add(
          FieldError.forbidden("spec.dismissed", "a review is made first and dismissed later"));
    }
    return errors;
  }

  private static List<FieldError> validateChange(
      WriteContext context, ApiObject old, ApiObject object) {
    List<FieldError> errors = new ArrayList<>();
    String reason = object.text("spec", "dismissReason");
    if (dismisses(old, object) && reason.isBlank()) {
      errors.add(FieldError.required("spec.dismissReason", "say why it is dismissed"));
    }
    boolean said = old.isTrue("spec", "dismissed");
    if (said && !reason.equals(old.text("spec", "dismissReason"))) {
      errors.add(FieldError.invalid("spec.dismissReason", reason, "it was dismissed already"));
    }
    if (!object.text("spec", "body").equals(old.text("spec", "body"))
        && !Records.isAuthor(context.subject(), old)) {
      errors.add(FieldError.forbidden("spec.body", "only the reviewer changes it"));
    }
    return errors;
  }

  private static boolean dismisses(ApiObject old, ApiObject object) {
    return object.isTrue("spec", "dismissed") && !old.isTrue("spec", "dismissed");
  }

  private Optional<ApiObject> pull(WriteContext context, ApiObject object) {
    return objects
        .get(ForgeKinds.PULL_REQUEST, context.namespace(), object.text("spec", "pullRequest"))
        .filter(pull -> !pull.isTerminating());
  }

  private static String repository(ApiObject review) {
    return review.text("status", "repository");
  }
}
