package ai.a5c.krate.core.review;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Numbering;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Repositories;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The life of a pull request: opened on two branches, closed, reopened, or merged for good. */
final class PullRequestStrategy implements Strategy {
  private static final List<String> WITH_MERGED =
      List.of("merged", "mergeMethod", "mergeMessage", "mergeHead");

  private final Repositories repositories;

  PullRequestStrategy(Repositories repositories) {
    this.repositories = repositories;
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    ApiObject opened = Records.opened(context, object);
    Optional<ApiObject> repository = repositoryOf(context, object);
    String home = object.text("spec", "repository");
    String source = object.text("spec", "sourceRepository");
    boolean fork = !source.isEmpty() && !source.equals(home);
    opened = opened.with(Records.truth(fork), "status", "fork");
    if (source.isEmpty() && !home.isEmpty()) {
      opened = opened.withText(home, "spec", "sourceRepository");
    }
    if (fork) {
      Optional<ApiObject> other = repositories.find(context.namespace(), source);
      if (other.isPresent()) {
        opened = opened.withText(other.get().uid().toString(), "status", "sourceUid");
      }
    }
    if (repository.isEmpty()) {
      return opened;
    }
    if (opened.text("spec", "targetBranch").isEmpty()) {
      opened =
          opened.withText(Repositories.defaultBranch(repository.get()), "spec", "targetBranch");
    }
    Optional<ObjectId> head = repositories.sourceTip(opened);
    Optional<ObjectId> base =
        repositories.branch(repository.get(), opened.text("spec", "targetBranch"));
    if (head.isPresent()) {
      opened = opened.withText(head.get().hex(), "status", "head", "commit");
    }
    if (base.isPresent()) {
      opened = opened.withText(base.get().hex(), "status", "base", "commit");
    }
    return opened
        .withText(phase(opened), "status", "phase")
        .withText("Unknown", "status", "mergeable");
  }

  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    if (context.onStatus()) {
      return object;
    }
    ApiObject updated = Records.labelled(object);
    if (old.isTrue("spec", "merged")) {
      updated = updated.with(JsonValue.TRUE, "spec", "merged");
    }
    String source = old.text("spec", "sourceRepository");
    if (updated.text("spec", "sourceRepository").isEmpty() && !source.isEmpty()) {
      updated = updated.withText(source, "spec", "sourceRepository");
    }
    if (updated.text("spec", "targetBranch").isEmpty()) {
      updated = updated.withText(old.text("spec", "targetBranch"), "spec", "targetBranch");
    }
    if (old.text("status", "phase").equals("Merged")) {
      return updated;
    }
    updated = reclosed(context, old, updated);
    boolean retargeted =
        !updated.text("spec", "targetBranch").equals(old.text("spec", "targetBranch"));
    return retargeted ? retarget(context, updated) : updated;
  }

  @Override
  public Optional<Scope> scope() {
    return Optional.of(Records.scope());
  }

  /**
   * Merging asks for the right to merge in the repository, whatever one may do with pull requests;
   * showing the commits of another repository, for the right to fetch them there.
   */
  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    boolean merges =
        object.isTrue("spec", "merged") && (old == null || !old.isTrue("spec", "merged"));
    String repository = object.text("spec", "repository");
    String source = object.text("spec", "sourceRepository");
    boolean shows =
        !context.onStatus()
            && !source.isEmpty()
            && !source.equals(repository)
            && (old == null || reopens(old, object));
    List<Claim> claims = new ArrayList<>();
    if (merges) {
      claims.add(new Claim("merge", ForgeKinds.REPOSITORY.resource(), "", repository));
    }
    if (shows) {
      claims.add(
          new Claim(
              "get", ForgeKinds.REPOSITORY.resource(), "git", source, "spec.sourceRepository"));
    }
    return claims;
  }

  private static boolean reopens(ApiObject old, ApiObject object) {
    return old.isTrue("spec", "closed") && !object.isTrue("spec", "closed");
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (context.onStatus() || object.isTerminating()) {
      return List.of();
    }
    return old == null ? validateNew(context, object) : validateChange(context, old, object);
  }

  @Override
  public Optional<Numbering> numbering(ApiObject object) {
    String repository = object.text("spec", "repository");
    return Optional.of(
        new Numbering(
            Records.counter(object.namespace(), repository),
            repository + "-",
            List.of(
                new Numbering.Place(List.of("status", "number"), "", "", true),
                new Numbering.Place(
                    List.of("status", "head", "ref"), RefName.PULL, "/head", false))));
  }

  private List<FieldError> validateNew(WriteContext context, ApiObject object) {
    List<FieldError> errors = new ArrayList<>(Records.reservedName(object));
    Optional<ApiObject> repository = repositoryOf(context, object);
    if (repository.isEmpty()) {
      errors.add(FieldError.notFound("spec.repository", object.text("spec", "repository")));
      return errors;
    }
    String source = object.text("spec", "sourceBranch");
    String target = object.text("spec", "targetBranch");
    Optional<ApiObject> home = repositories.source(object);
    if (home.isEmpty()) {
      errors.add(
          FieldError.notFound("spec.sourceRepository", object.text("spec", "sourceRepository")));
      return errors;
    }
    requireFamily(repository.get(), home.get(), errors);
    requireBranch(home.get(), "spec.sourceBranch", source, errors);
    requireBranch(repository.get(), "spec.targetBranch", target, errors);
    if (source.equals(target) && !Repositories.isFromFork(object)) {
      errors.add(
          FieldError.invalid("spec.targetBranch", target, "a branch is not merged into itself"));
    }
    if (object.isTrue("spec", "merged")) {
      errors.add(
          FieldError.forbidden(
              "spec.merged", "a pull request is created first and merged by a change of its own"));
    }
    return errors;
  }

  private List<FieldError> validateChange(WriteContext context, ApiObject old, ApiObject object) {
    List<FieldError> errors = new ArrayList<>();
    boolean wasMerged = old.isTrue("spec", "merged");
    if (object.isTrue("spec", "merged") && !wasMerged) {
      if (!without(old).equals(without(object))) {
        errors.add(
            FieldError.forbidden(
                "spec.merged",
                "merge in a change of its own, with mergeMethod, mergeMessage and mergeHead at"
                    + " most"));
      }
      return errors;
    }
    if (reopens(old, object) && repositories.sourceTip(object).isEmpty()) {
      errors.add(FieldError.forbidden("spec.closed", "the source branch is gone"));
    }
    String target = object.text("spec", "targetBranch");
    boolean retargeted = !target.equals(old.text("spec", "targetBranch"));
    if (wasMerged && (object.isTrue("spec", "closed") || retargeted)) {
      errors.add(
          FieldError.forbidden("spec", "a merged pull request is neither closed nor retargeted"));
    } else if (retargeted) {
      Optional<ApiObject> repository = repositoryOf(context, object);
      repository.ifPresent(r -> requireBranch(r, "spec.targetBranch", target, errors));
      if (target.equals(object.text("spec", "sourceBranch")) && !Repositories.isFromFork(object)) {
        errors.add(
            FieldError.invalid("spec.targetBranch", target, "a branch is not merged into itself"));
      }
    }
    return errors;
  }

  /** Repositories that never were one have nothing to merge, and may have much to hide. */
  private void requireFamily(ApiObject repository, ApiObject source, List<FieldError> errors) {
    if (!Repositories.family(repository).equals(Repositories.family(source))) {
      errors.add(
          FieldError.invalid(
              "spec.sourceRepository",
              source.name(),
              "it and " + repository.name() + " are not forks of one repository"));
    } else if (repositories.awaitsCopy(source)) {
      errors.add(
          FieldError.invalid(
              "spec.sourceRepository", source.name(), "it is being copied from its parent"));
    }
  }

  private void requireBranch(
      ApiObject repository, String field, String branch, List<FieldError> errors) {
    if (repositories.branch(repository, branch).isEmpty()) {
      errors.add(
          FieldError.invalid(field, branch, "the repository has no such branch; push it first"));
    }
  }

  private ApiObject reclosed(WriteContext context, ApiObject old, ApiObject object) {
    boolean closes = object.isTrue("spec", "closed") && !old.isTrue("spec", "closed");
    boolean reopens = reopens(old, object);
    ApiObject updated = object.withText(phase(object), "status", "phase");
    if (closes) {
      return updated
          .withText(context.subject().name(), "status", "closedBy")
          .withText(ApiObject.seconds(context.time()), "status", "closeTime");
    }
    if (!reopens) {
      return updated;
    }
    ApiObject reopened =
        updated
            .with(null, "status", "closedBy")
            .with(null, "status", "closeTime")
            .withText("Unknown", "status", "mergeable");
    Optional<ObjectId> head = repositories.sourceTip(object);
    return head.map(commit -> reopened.withText(commit.hex(), "status", "head", "commit"))
        .orElse(reopened);
  }

  private ApiObject retarget(WriteContext context, ApiObject object) {
    Optional<ObjectId> base =
        repositoryOf(context, object)
            .flatMap(r -> repositories.branch(r, object.text("spec", "targetBranch")));
    ApiObject unknown = object.withText("Unknown", "status", "mergeable");
    return base.map(commit -> unknown.withText(commit.hex(), "status", "base", "commit"))
        .orElse(unknown);
  }

  private Optional<ApiObject> repositoryOf(WriteContext context, ApiObject object) {
    return repositories.find(context.namespace(), object.text("spec", "repository"));
  }

  private static String phase(ApiObject object) {
    if (object.isTrue("spec", "closed")) {
      return "Closed";
    }
    return object.isTrue("spec", "draft") ? "Draft" : "Open";
  }

  /** What the two specs say besides merging. */
  private static JsonObject without(ApiObject object) {
    var rest = Json.object(JsonTree.objectAt(object.json(), "spec"));
    WITH_MERGED.forEach(rest::remove);
    return rest.build();
  }
}
