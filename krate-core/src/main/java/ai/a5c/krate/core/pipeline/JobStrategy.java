package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Jobs are written by Krate's own controllers alone, each within its grants, and go from phase to
 * phase as {@link Job.Phase#next} says.
 */
final class JobStrategy implements Strategy {
  /** The repository of its pipeline, as the server wrote it down. */
  @Override
  public Optional<Scope> scope() {
    return Optional.of(
        new Scope(
            ForgeKinds.REPOSITORY.resource(),
            job -> Optional.of(job.text("status", "repository")).filter(name -> !name.isEmpty())));
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    return labelled(object);
  }

  /** From its first attempt on it has a log, which goes before it. */
  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    boolean begins = phase(object) == Job.Phase.RUNNING && phase(old) != Job.Phase.RUNNING;
    ApiObject updated = labelled(object);
    return begins && !object.isTerminating() ? updated.withFinalizer(Marks.FINALIZER) : updated;
  }

  /** Whatever roles somebody has, {@code system:masters} included. */
  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (!context.subject().name().startsWith(Grants.PREFIX)) {
      String name = object.name().isEmpty() ? "" : " \"" + object.name() + "\"";
      throw new ApiException(
          new Problem.Forbidden(
              context.kind().resource(),
              object.name(),
              context.kind().resource()
                  + name
                  + " is forbidden: the server alone writes jobs; create a Pipeline, or set"
                  + " spec.canceled of one",
              List.of()));
    }
    return List.of();
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    Job.Phase now = phase(object);
    if (old == null) {
      return now == Job.Phase.PENDING || now == Job.Phase.SKIPPED
          ? List.of()
          : List.of(FieldError.forbidden("status.phase", "a job begins as Pending or Skipped"));
    }
    Job.Phase before = phase(old);
    return now == before || before.next().contains(now)
        ? List.of()
        : List.of(
            FieldError.forbidden(
                "status.phase",
                "a job that is "
                    + old.text("status", "phase")
                    + " does not become "
                    + object.text("status", "phase")));
  }

  private static ApiObject labelled(ApiObject job) {
    String repository = job.text("status", "repository");
    return repository.isEmpty() ? job : job.withLabel(Marks.REPOSITORY, repository);
  }

  /** All that counts here of a status, which is longer and read at each write. */
  private record Phased(Job.@Nullable Phase phase) {}

  static Job.Phase phase(ApiObject job) {
    Job.Phase phase =
        RecordCodec.read(Phased.class, JsonTree.objectAt(job.json(), "status")).phase();
    return phase == null ? Job.Phase.PENDING : phase;
  }
}
