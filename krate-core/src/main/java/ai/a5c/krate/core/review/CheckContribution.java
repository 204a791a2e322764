package ai.a5c.krate.core.review;

import ai.a5c.krate.api.config.BranchProtection.Source;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.Check;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.core.forge.CommitChecks;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Indexes;
import ai.a5c.krate.core.forge.JobOwners;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the newest check of each name and source on a commit together with the checks, in the
 * transaction that writes one. The newest is the one whose spec was written last; when it is
 * deleted there is none, and no older one comes back.
 *
 * <p>What the room of pipelines writes is of a pipeline; everything else is of an external CI,
 * whoever sends it: the source is not a field, and nothing that a client writes is read to tell it.
 */
final class CheckContribution implements Contribution {
  private final Objects objects;

  CheckContribution(Objects objects) {
    this.objects = objects;
  }

  @Override
  public void contribute(Plan plan) {
    for (Step step : List.copyOf(plan.steps())) {
      switch (step) {
        case Step.Write write when write.kind().equals(ForgeKinds.CHECK) -> {
          ApiObject old = write.old();
          if (old == null || !spec(old).equals(spec(write.object()))) {
            written(plan, write.object());
          }
        }
        case Step.Remove remove when remove.kind().equals(ForgeKinds.CHECK) ->
            removed(plan, remove.last());
        default -> {}
      }
    }
  }

  private void written(Plan plan, ApiObject check) {
    ApiObject repository =
        repository(check)
            .orElseThrow(
                () ->
                    new ApiException(
                        new Problem.NotFound(
                            ForgeKinds.REPOSITORY.resource(), check.text("spec", "repository"))));
    String key = key(repository, check);
    Optional<ApiObject> stored = objects.get(CommitChecks.KIND, "", key);
    CommitChecks checks = CommitChecks.of(stored);
    CommitChecks.One one = one(check);
    if (checks.of(one.source(), one.name()).isEmpty()
        && checks.newest().size() >= CommitChecks.MOST) {
      throw new ApiException(
          new Problem.Forbidden(
              ForgeKinds.CHECK.resource(),
              check.name(),
              ForgeKinds.CHECK.resource()
                  + " \""
                  + check.name()
                  + "\" is forbidden: a commit has checks of at most "
                  + CommitChecks.MOST
                  + " names",
              List.of()));
    }
    Indexes.put(plan, CommitChecks.KIND, stored, key, checks.with(one));
  }

  private void removed(Plan plan, ApiObject check) {
    Optional<ApiObject> repository = repository(check);
    if (repository.isEmpty()) {
      return;
    }
    String key = key(repository.get(), check);
    Optional<ApiObject> stored = objects.get(CommitChecks.KIND, "", key);
    CommitChecks checks = CommitChecks.of(stored);
    CommitChecks.One one = one(check);
    boolean newest =
        checks
            .of(one.source(), one.name())
            .filter(known -> known.check().equals(check.name()))
            .isPresent();
    if (stored.isEmpty() || !newest) {
      return;
    }
    CommitChecks left = checks.without(one);
    if (left.newest().isEmpty()) {
      Indexes.drop(plan, CommitChecks.KIND, stored.get());
    } else {
      Indexes.put(plan, CommitChecks.KIND, stored, key, left);
    }
  }

  private Optional<ApiObject> repository(ApiObject check) {
    return objects.get(ForgeKinds.REPOSITORY, check.namespace(), check.text("spec", "repository"));
  }

  private static String key(ApiObject repository, ApiObject check) {
    return CommitChecks.key(repository.uid(), check.text("spec", "commit"));
  }

  private static CommitChecks.One one(ApiObject check) {
    Check.Spec spec = RecordCodec.read(Check.class, check.json()).spec();
    return new CommitChecks.One(
        source(check),
        spec.name(),
        check.name(),
        spec.phase(),
        check.text("status", "workflowPath"),
        check.text("status", "workflowDigest"));
  }

  /**
   * The room of pipelines writes a status with its checks, which no request can, whatever its
   * subject is called.
   */
  private static Source source(ApiObject check) {
    return check.text("status", "author", "name").equals(JobOwners.PIPELINES)
            && !check.text("status", "pipeline").isEmpty()
        ? Source.PIPELINE
        : Source.EXTERNAL;
  }

  private static Object spec(ApiObject check) {
    return JsonTree.objectAt(check.json(), "spec");
  }
}
