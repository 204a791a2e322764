package ai.a5c.krate.core.merge;

import ai.a5c.krate.api.config.Repository.MergeMethod;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.Assessor;
import ai.a5c.krate.core.forge.Assessor.Assessment;
import ai.a5c.krate.core.forge.Protection;
import ai.a5c.krate.core.forge.PullStatus;
import ai.a5c.krate.core.forge.Readiness;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import ai.a5c.krate.spi.git.PreparedMerge;
import ai.a5c.krate.spi.storage.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Merges a pull request when {@code spec.merged} becomes true. The merge is computed in quarantine
 * from the reviewed commit and the target's tip; its ref moves in the transaction that says so in
 * the pull request, and both depend on what was read: when the target moved meanwhile, or somebody
 * reviewed, or a check came, the request begins again.
 */
final class MergePreparation implements Preparation {
  private static final String FIELD = "spec.merged";

  /** In the audit entry: which rules did not bind the one who merged. */
  private static final String BYPASSED = "merge.krate.a5c.ai/bypassed";

  private final Repositories repositories;
  private final Assessor assessor;
  private final GitBackend git;

  MergePreparation(Repositories repositories, Assessor assessor, GitBackend git) {
    this.repositories = repositories;
    this.assessor = assessor;
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
    List<FieldError> errors = new ArrayList<>(state(object));
    String branch = object.text("spec", "targetBranch");
    Optional<ObjectId> target = repositories.branch(repository.get(), branch);
    if (target.isEmpty()) {
      errors.add(FieldError.forbidden(FIELD, "TargetGone: there is no branch " + branch));
      return Prepared.refused(object, errors);
    }
    Assessment assessment = assessor.assess(repository.get(), object, target.get());
    MergeAttempt attempt =
        git.merge(
            repository.get().uid(),
            request(context, object, target.get(), assessment.facts().method()));
    Readiness readiness = assessment.readiness().and(Readiness.of(attempt));
    Protection protection = assessment.facts().protection();
    readiness
        .against(context.subject(), protection)
        .forEach(line -> errors.add(FieldError.forbidden(FIELD, line)));
    if (attempt instanceof MergeAttempt.Merged(PreparedMerge merge)) {
      if (errors.isEmpty()) {
        return new Merging(context, object, repository.get(), target.get(), assessment, merge);
      }
      merge.close();
    }
    return Prepared.refused(object, errors);
  }

  /** What only a merge is asked, besides what is said of the pull request all the time. */
  private static List<FieldError> state(ApiObject object) {
    List<FieldError> errors = new ArrayList<>();
    if (object.isTrue("spec", "closed")) {
      errors.add(FieldError.forbidden(FIELD, "the pull request is closed"));
    }
    String wanted = object.text("spec", "mergeHead");
    String head = object.text("status", "head", "commit");
    if (!wanted.isEmpty() && !wanted.equals(head)) {
      errors.add(FieldError.invalid("spec.mergeHead", wanted, "the head is " + head));
    }
    return errors;
  }

  private static Prepared refused(ApiObject object, List<String> reasons) {
    return Prepared.refused(
        object, reasons.stream().map(reason -> FieldError.forbidden(FIELD, reason)).toList());
  }

  private static MergeRequest request(
      WriteContext context, ApiObject object, ObjectId target, MergeMethod method) {
    ObjectId head = ObjectId.of(object.text("status", "head", "commit"));
    MergeRequest.Person merger = person(context.subject().name());
    String message = object.text("spec", "mergeMessage");
    String number = object.at("status", "number").map(Object::toString).orElse("?");
    String title = object.text("spec", "title");
    return switch (method) {
      case MERGE ->
          new MergeRequest(
              target,
              head,
              MergeRequest.Form.MERGE,
              message.isEmpty()
                  ? "Merge pull request #%s from %s\n\n%s\n"
                      .formatted(number, source(object), title)
                  : message,
              merger,
              merger,
              context.time());
      case SQUASH ->
          new MergeRequest(
              target,
              head,
              MergeRequest.Form.SQUASH,
              message.isEmpty() ? squashed(object, title, number) : message,
              person(object.text("status", "author", "name")),
              merger,
              context.time());
    };
  }

  /** The source branch, with its repository if that is another one. */
  private static String source(ApiObject object) {
    String branch = object.text("spec", "sourceBranch");
    return Repositories.isFromFork(object)
        ? object.text("spec", "sourceRepository") + ":" + branch
        : branch;
  }

  private static String squashed(ApiObject object, String title, String number) {
    String description = object.text("spec", "description").strip();
    return title
        + " (#"
        + number
        + ")\n"
        + (description.isEmpty() ? "" : "\n" + description + "\n");
  }

  private static MergeRequest.Person person(String user) {
    return new MergeRequest.Person(user, email(user));
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
    private final Assessment assessment;
    private final PreparedMerge merge;
    private final Map<String, String> annotations;

    Merging(
        WriteContext context,
        ApiObject object,
        ApiObject repository,
        ObjectId target,
        Assessment assessment,
        PreparedMerge merge) {
      this.object = merged(context, object, target, assessment, merge.commit());
      this.repository = repository;
      this.branch = RefName.ofBranch(object.text("spec", "targetBranch")).orElseThrow();
      this.target = target;
      this.assessment = assessment;
      this.merge = merge;
      this.annotations =
          assessment.facts().protection().ruling(context.subject(), assessment.readiness().rules())
                  instanceof Protection.Ruling.Bypassed bypassed
              ? Map.of(BYPASSED, bypassed.message())
              : Map.of();
    }

    private static ApiObject merged(
        WriteContext context,
        ApiObject object,
        ObjectId target,
        Assessment assessment,
        ObjectId commit) {
      String time = ApiObject.seconds(context.time());
      return PullStatus.of(assessment)
          .on(object)
          .withText("Merged", "status", "phase")
          .withText(target.hex(), "status", "base", "commit")
          .withText(context.subject().name(), "status", "closedBy")
          .withText(time, "status", "closeTime")
          .with(null, "status", "reasons")
          .with(null, "status", "conflicts")
          .with(
              Json.object()
                  .add("commit", commit.hex())
                  .add("method", PullStatus.method(assessment))
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
    public Map<String, String> annotations() {
      return annotations;
    }

    @Override
    public void publish() {
      merge.publish();
    }

    @Override
    public void addTo(Plan plan) {
      assessment.requireIn(plan);
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
