package ai.a5c.krate.core.merge;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import ai.a5c.krate.spi.git.PreparedMerge;
import ai.a5c.krate.spi.storage.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Merges a pull request when {@code spec.merged} becomes true. The merge is computed in quarantine
 * from the reviewed commit and the target's tip; its ref moves in the transaction that says so in
 * the pull request, and both depend on what was read: when the target moved meanwhile, the request
 * begins again.
 */
final class MergePreparation implements Preparation {
  private static final String FIELD = "spec.merged";
  private static final int MOST_PATHS = 100;

  private final Repositories repositories;
  private final GitBackend git;

  MergePreparation(Repositories repositories, GitBackend git) {
    this.repositories = repositories;
    this.git = git;
  }

  @Override
  public Prepared prepare(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    boolean asked = old != null && object.isTrue("spec", "merged") && !old.isTrue("spec", "merged");
    if (!asked || context.onStatus()) {
      return Prepared.unchanged(object);
    }
    Optional<ApiObject> repository =
        repositories.find(context.namespace(), object.text("spec", "repository"));
    if (repository.isEmpty()) {
      return refused(object, List.of("the repository is gone"));
    }
    List<FieldError> errors = new ArrayList<>(state(repository.get(), object));
    String branch = object.text("spec", "targetBranch");
    Optional<ObjectId> target = repositories.branch(repository.get(), branch);
    if (target.isEmpty()) {
      errors.add(FieldError.forbidden(FIELD, "TargetGone: there is no branch " + branch));
      return Prepared.refused(object, errors);
    }
    ObjectId head = ObjectId.of(object.text("status", "head", "commit"));
    MergeAttempt attempt =
        git.merge(repository.get().uid(), request(context, object, target.get(), head));
    if (attempt instanceof MergeAttempt.Merged(PreparedMerge merge) && errors.isEmpty()) {
      return new Merging(context, object, repository.get(), target.get(), merge);
    }
    errors.addAll(failure(attempt));
    return Prepared.refused(object, errors);
  }

  /** What stands in the way besides the content. */
  private List<FieldError> state(ApiObject repository, ApiObject object) {
    List<FieldError> errors = new ArrayList<>();
    if (object.isTrue("spec", "closed")) {
      errors.add(FieldError.forbidden(FIELD, "the pull request is closed"));
    }
    if (object.isTrue("spec", "draft")) {
      errors.add(FieldError.forbidden(FIELD, "Draft: the pull request is not ready"));
    }
    if (repositories.branch(repository, object.text("spec", "sourceBranch")).isEmpty()) {
      errors.add(FieldError.forbidden(FIELD, "SourceGone: the source branch was deleted"));
    }
    String wanted = object.text("spec", "mergeHead");
    String head = object.text("status", "head", "commit");
    if (!wanted.isEmpty() && !wanted.equals(head)) {
      errors.add(FieldError.invalid("spec.mergeHead", wanted, "the head is " + head));
    }
    return errors;
  }

  private static List<FieldError> failure(MergeAttempt attempt) {
    return switch (attempt) {
      case MergeAttempt.Merged(PreparedMerge merge) -> {
        merge.close();
        yield List.of();
      }
      case MergeAttempt.Conflicted(List<String> paths) ->
          paths.stream()
              .limit(MOST_PATHS)
              .map(path -> FieldError.forbidden(FIELD, "Conflicts: both sides changed " + path))
              .toList();
      case MergeAttempt.AlreadyMerged merged ->
          List.of(FieldError.forbidden(FIELD, "NothingToMerge: the target has every commit"));
      case MergeAttempt.Unrelated unrelated ->
          List.of(FieldError.forbidden(FIELD, "Unrelated: the branches have no commit in common"));
      case MergeAttempt.Missing(ObjectId commit) ->
          List.of(FieldError.forbidden(FIELD, "commit " + commit + " is not in the repository"));
    };
  }

  private static Prepared refused(ApiObject object, List<String> reasons) {
    return Prepared.refused(
        object, reasons.stream().map(reason -> FieldError.forbidden(FIELD, reason)).toList());
  }

  private static MergeRequest request(
      WriteContext context, ApiObject object, ObjectId target, ObjectId head) {
    String message = object.text("spec", "mergeMessage");
    if (message.isEmpty()) {
      message =
          "Merge pull request #"
              + object.at("status", "number").map(Object::toString).orElse("?")
              + " from "
              + object.text("spec", "sourceBranch")
              + "\n\n"
              + object.text("spec", "title")
              + "\n";
    }
    String name = context.subject().name();
    return new MergeRequest(target, head, message, name, email(name), context.time());
  }

  /** Nobody's mailbox, but a name that says who it was: RFC 2606 reserves the domain. */
  private static String email(String user) {
    return user.contains("@") ? user : user.replaceAll("[^A-Za-z0-9._-]+", "-") + "@users.invalid";
  }

  /** A merge that can be committed. */
  private static final class Merging implements Prepared {
    private final ApiObject object;
    private final ApiObject repository;
    private final RefName branch;
    private final ObjectId target;
    private final PreparedMerge merge;

    Merging(
        WriteContext context,
        ApiObject object,
        ApiObject repository,
        ObjectId target,
        PreparedMerge merge) {
      this.object = merged(context, object, target, merge.commit());
      this.repository = repository;
      this.branch = RefName.ofBranch(object.text("spec", "targetBranch")).orElseThrow();
      this.target = target;
      this.merge = merge;
    }

    private static ApiObject merged(
        WriteContext context, ApiObject object, ObjectId target, ObjectId commit) {
      String time = ApiObject.seconds(context.time());
      return object
          .withText("Merged", "status", "phase")
          .withText(target.hex(), "status", "base", "commit")
          .withText(context.subject().name(), "status", "closedBy")
          .withText(time, "status", "closeTime")
          .with(null, "status", "reasons")
          .with(null, "status", "conflicts")
          .with(
              Json.object()
                  .add("commit", commit.hex())
                  .add("method", "Merge")
                  .add("by", context.subject().name())
                  .add("time", time)
                  .build(),
              "status",
              "merge");
    }

    @Override
    public ApiObject object() {
      return object;
    }

    @Override
    public List<FieldError> errors() {
      return List.of();
    }

    @Override
    public void publish() {
      merge.publish();
    }

    @Override
    public void addTo(Plan plan) {
      plan.add(
          new Step.MoveRef(repository.uid(), Template.of(branch.value()), target, merge.commit()));
    }

    @Override
    public void keep() {
      merge.keep();
    }

    @Override
    public void close() {
      merge.close();
    }
  }
}
