package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.api.records.Workflow;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.git.GitBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What Git knows of a new pipeline, whoever makes it and however: its commit, how far that is
 * trusted, and the workflow file in it.
 */
final class PipelinePreparation implements Preparation {
  private final Objects objects;
  private final Repositories repositories;
  private final Workflows workflows;
  private final GitBackend git;

  PipelinePreparation(
      Objects objects, Repositories repositories, Workflows workflows, GitBackend git) {
    this.objects = objects;
    this.repositories = repositories;
    this.workflows = workflows;
    this.git = git;
  }

  @Override
  public Prepared prepare(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    Optional<ApiObject> repository =
        repositories.find(context.namespace(), object.text("spec", "repository"));
    if (old != null || repository.isEmpty()) {
      return Prepared.unchanged(object);
    }
    String name = object.text("spec", "ref");
    Optional<RefName> ref = RefName.parse(name);
    if (ref.isEmpty()) {
      return refused(object, FieldError.invalid("spec.ref", name, "it is no full name of a ref"));
    }
    Uid uid = repository.get().uid();
    @Nullable ObjectId tip = objects.records().ref(uid, ref.get()).orElse(null);
    String given = object.text("spec", "commit");
    boolean repeated = !object.text("spec", "rerunOf").isEmpty();
    if (tip == null && (given.isEmpty() || !(repeated || PipelineStrategy.isOurs(context)))) {
      return refused(
          object, FieldError.invalid("spec.ref", name, "the repository has no such ref"));
    }
    Optional<ObjectId> commit =
        commit(uid, given.isEmpty() && tip != null ? tip : ObjectId.of(given));
    if (commit.isEmpty() || !(given.isEmpty() || commit.get().hex().equals(given))) {
      return refused(
          object, FieldError.invalid("spec.commit", given, "the repository has no such commit"));
    }
    Tier tier = tier(repository.get(), name, tip, commit.get());
    ApiObject told =
        object
            .withText(commit.get().hex(), "spec", "commit")
            .withText(uid.toString(), "status", "repositoryUid")
            .withText(tier.isTrusted() ? "Trusted" : "Untrusted", "status", "trustTier")
            .withText(cut(tier.reason()), "status", "tierReason");
    List<FieldError> errors = new ArrayList<>();
    if (!PipelineStrategy.isOurs(context)) {
      told = byHand(uid, commit.get(), told, errors);
    }
    // What is trusted now is trusted only as long as the ref is where it was found.
    Step premise = tier.isTrusted() ? new Step.RequireRef(uid, ref.get(), tip) : null;
    return new Told(told, errors, premise);
  }

  /** The commit itself, where a tag object stands for one. */
  private Optional<ObjectId> commit(Uid repository, ObjectId id) {
    return git.mergeBase(repository, id, id);
  }

  private Tier tier(ApiObject repository, String ref, @Nullable ObjectId tip, ObjectId commit) {
    boolean reachable =
        tip != null && Tier.isBranchOrTag(ref) && git.contains(repository.uid(), tip, commit);
    boolean fork = !repository.text("spec", "forkOf").isEmpty();
    return Tier.of(new Tier.Code(ref, fork, tip != null, reachable));
  }

  /** What a person starts: with a workflow that lets him, or as it ran before. */
  private ApiObject byHand(
      Uid repository, ObjectId commit, ApiObject object, List<FieldError> errors) {
    Pipeline.Spec spec = RecordCodec.read(Pipeline.class, object.json()).spec();
    Optional<WorkflowFile> found = workflows.find(repository, commit, spec.workflow());
    if (found.isEmpty()) {
      errors.add(
          FieldError.invalid(
              "spec.workflow",
              spec.workflow(),
              "the commit has no such file; workflow files are " + Workflows.FOLDER + "/*.yaml"));
      return object;
    }
    return switch (found.get()) {
      case WorkflowFile.Broken broken -> {
        errors.add(FieldError.invalid("spec.workflow", spec.workflow(), broken.message()));
        yield object;
      }
      case WorkflowFile.Sound sound -> {
        check(object, spec, sound.spec(), errors);
        ApiObject told = object.withText(sound.digest(), "status", "workflowDigest");
        yield spec.rerunOf().isEmpty()
            ? told.withText(sound.name() + WorkflowChecks.MANUAL, "status", "name")
            : told;
      }
    };
  }

  private void check(
      ApiObject object, Pipeline.Spec spec, Workflow.Spec workflow, List<FieldError> errors) {
    if (spec.rerunOf().isEmpty() && workflow.on().manual() == null) {
      errors.add(
          FieldError.invalid(
              "spec.workflow", spec.workflow(), "its spec.on has no manual: only events start it"));
    }
    Set<String> known = new TreeSet<>();
    for (Workflow.Parameter parameter : workflow.parameters()) {
      known.add(parameter.name());
      if (parameter.defaultValue() == null && !spec.parameters().containsKey(parameter.name())) {
        errors.add(FieldError.required("spec.parameters[" + parameter.name() + "]", ""));
      }
    }
    for (String given : spec.parameters().keySet()) {
      if (!known.contains(given)) {
        errors.add(
            FieldError.invalid(
                "spec.parameters[" + given + "]",
                spec.parameters().getOrDefault(given, ""),
                "the workflow has no such parameter"));
      }
      if (spec.parameters().getOrDefault(given, "").indexOf('\0') >= 0) {
        errors.add(
            FieldError.invalid(
                "spec.parameters[" + given + "]", "", "no variable of a process can hold a NUL"));
      }
    }
    if (!spec.resumeFrom().isEmpty()) {
      resumed(object, spec, workflow, errors);
    }
  }

  /** What was before the step has to have ended well, and there has to be something. */
  private void resumed(
      ApiObject object, Pipeline.Spec spec, Workflow.Spec workflow, List<FieldError> errors) {
    List<String> steps = workflow.steps().stream().map(Workflow.Step::name).toList();
    int from = steps.indexOf(spec.resumeFrom());
    if (from < 0) {
      errors.add(
          FieldError.invalid(
              "spec.resumeFrom", spec.resumeFrom(), "the workflow has no such step"));
    }
    if (from == 0) {
      errors.add(
          FieldError.invalid(
              "spec.resumeFrom",
              spec.resumeFrom(),
              "it is the first step; run the pipeline again as a whole"));
    }
    for (int i = 0; i < from; i++) {
      String job = PipelineJobs.name(spec.rerunOf(), i);
      boolean succeeded =
          objects
              .get(ForgeKinds.JOB, object.namespace(), job)
              .filter(found -> found.text("status", "phase").equals("Succeeded"))
              .isPresent();
      if (!succeeded) {
        errors.add(
            FieldError.invalid(
                "spec.resumeFrom",
                spec.resumeFrom(),
                "step \"" + steps.get(i) + "\" did not succeed in " + spec.rerunOf()));
        return;
      }
    }
  }

  private static String cut(String reason) {
    return reason.length() > 1_024 ? reason.substring(0, 1_024) : reason;
  }

  private static Prepared refused(ApiObject object, FieldError error) {
    return Prepared.refused(object, List.of(error));
  }

  /** A pipeline with what is known of it. */
  private record Told(ApiObject object, List<FieldError> errors, @Nullable Step premise)
      implements Prepared {
    @Override
    public void publish() {}

    @Override
    public void addTo(Plan plan) {
      if (premise != null) {
        plan.add(premise);
      }
    }

    @Override
    public void keep() {}

    @Override
    public void close() {}
  }
}
