package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.audit.AuditRecord;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Completion;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Numbering;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The last stage of the road: one transaction that holds the object, what was prepared, what the rooms contribute and
 * the audit entry.
 */
final class Committer {
  private final Hall hall;

  Committer(Hall hall) {
    this.hall = hall;
  }

  /**
   * Commits an admitted request.
   *
   * @param pinned whether a lost race is a Conflict
   * @return empty if a race was lost and the request shall begin again at its decoding
   */
  Optional<Written> commit(Admitted admitted, Registration kind, boolean pinned) {
    Proposal proposal = admitted.proposal();
    ApiObject object = proposal.object();
    ApiObject old = proposal.old();
    if (object != null && old != null && object.equals(old)) {
      return Optional.of(new Written(old, Written.Outcome.UNCHANGED, proposal.warnings()));
    }
    if (proposal.context().dryRun()) {
      return Optional.of(dryRun(proposal, kind));
    }
    admitted.prepared().publish();
    Plan plan =
        new Plan(
            kind.kind().boundary(), admitted.request().subject().name(), admitted.request().time());
    Main main = main(plan, proposal, kind);
    admitted.prepared().addTo(plan);
    CommitOutcome outcome;
    try {
      outcome = commit(admitted.request(), plan, main.step(), main.code(), main.name(), main.nameOf());
    } catch (OutcomeUnknownException e) {
      admitted.prepared().keep();
      throw e;
    }
    return switch (outcome) {
      case CommitOutcome.Committed committed -> {
        admitted.prepared().keep();
        Applied applied = committed.applied().get(main.step());
        yield Optional.of(written(kind.kind(), proposal, main.outcome(), applied));
      }
      case CommitOutcome.Rejected rejected -> {
        refuse(rejected, main, kind, proposal, pinned);
        yield Optional.empty();
      }
    };
  }

  /** Completes a plan with contributions and the audit entry, and commits it. */
  CommitOutcome commit(
      Authorized request, Plan plan, int step, int code, String name, List<Completion> nameOf) {
    for (Contribution contribution : hall.contributions()) {
      contribution.contribute(plan);
    }
    AuditRecord record = request.bracket().allowed(code, name);
    hall.trail().allowed(plan, record, step, nameOf);
    return hall.objects().commit(plan);
  }

  /** The step that the request is about. */
  private record Main(
      int step, Written.Outcome outcome, int code, String name, List<Completion> nameOf) {}

  private Main main(Plan plan, Proposal proposal, Registration kind) {
    ApiObject old = proposal.old();
    ApiObject object = proposal.object();
    if (old == null) {
      if (object == null) {
        throw new IllegalStateException("nothing to create");
      }
      return create(plan, object, kind);
    }
    if (object == null) {
      int step = plan.remove(kind.kind(), old.revision(), old);
      return new Main(step, Written.Outcome.REMOVED, 200, old.name(), List.of());
    }
    boolean gone =
        old.isTerminating()
            && proposal.operation() == Admission.Operation.UPDATE
            && !kind.strategy().awaitsFinalizers(object);
    if (gone) {
      int step = plan.remove(kind.kind(), old.revision(), object);
      return new Main(step, Written.Outcome.REMOVED, 200, old.name(), List.of());
    }
    int step = plan.write(kind.kind(), old, object);
    return new Main(step, Written.Outcome.UPDATED, 200, old.name(), List.of());
  }

  private Main create(Plan plan, ApiObject object, Registration kind) {
    Optional<Numbering> numbering = kind.strategy().numbering(object);
    List<Completion> completions = new ArrayList<>();
    Template name = Template.of(object.name().isEmpty() ? "-" : object.name());
    ApiObject named = object;
    List<Completion> nameOf = List.of();
    if (numbering.isPresent()) {
      Numbering by = numbering.get();
      Slot number = new Slot.ValueOf(plan.add(new Step.Count(by.counter(), Long.MAX_VALUE)));
      for (Numbering.Place place : by.places()) {
        completions.add(
            new Completion(place.path(), place.prefix(), number, place.suffix(), place.number()));
      }
      if (object.name().isEmpty() && object.generateName().equals(by.generateName())) {
        Completion completion = Completion.text(by.generateName(), number, "metadata", "name");
        completions.add(completion);
        nameOf = List.of(completion);
        name = Template.builder().text(by.generateName()).slot(number).build();
      }
    }
    if (object.name().isEmpty() && nameOf.isEmpty()) {
      String generated = hall.names().generate(object.generateName());
      named = object.withText(generated, "metadata", "name");
      name = Template.of(generated);
    }
    int step = plan.steps().size();
    completions.add(Plan.resourceVersion(step));
    plan.add(new Step.Write(kind.kind(), null, named, name, completions));
    return new Main(step, Written.Outcome.CREATED, 201, named.name(), nameOf);
  }

  private Written dryRun(Proposal proposal, Registration kind) {
    ApiObject object = proposal.object();
    ApiObject old = proposal.old();
    if (object == null) {
      if (old == null) {
        throw new IllegalStateException("nothing to remove");
      }
      return new Written(old, Written.Outcome.REMOVED, proposal.warnings());
    }
    if (old == null && !object.name().isEmpty()) {
      requireFree(kind.kind(), object.namespace(), object.name());
    }
    return new Written(
        object, old == null ? Written.Outcome.CREATED : Written.Outcome.UPDATED, proposal.warnings());
  }

  private void requireFree(Kind kind, String namespace, String name) {
    hall.objects()
        .get(kind, namespace, name)
        .ifPresent(
            taken -> {
              throw new ApiException(
                  new Problem.AlreadyExists(kind.resource(), name, taken.isTerminating()));
            });
  }

  private Written written(Kind kind, Proposal proposal, Written.Outcome outcome, Applied applied) {
    if (applied instanceof Applied.Stored stored) {
      return new Written(hall.objects().read(kind, stored.object()), outcome, proposal.warnings());
    }
    throw new IllegalStateException("an object was not stored as one: " + applied);
  }

  /** Throws what the caller must know; returns if the request shall begin again. */
  private void refuse(
      CommitOutcome.Rejected rejected, Main main, Registration kind, Proposal proposal, boolean pinned) {
    GroupResource resource = kind.kind().resource();
    if (rejected.why() instanceof Mismatch.OutOfRange range) {
      throw new ApiException(
          new Problem.Forbidden(
              resource,
              main.name(),
              resource + " is forbidden: exceeded quota " + range.counter() + ", limited to " + range.max(),
              List.of()));
    }
    if (rejected.operation() != main.step()) {
      return;
    }
    ApiObject object = proposal.object();
    if (proposal.old() == null && object != null && !object.name().isEmpty()) {
      boolean terminating =
          rejected.why() instanceof Mismatch.Found(var current)
              && current != null
              && hall.objects().read(kind.kind(), current).isTerminating();
      throw new ApiException(new Problem.AlreadyExists(resource, object.name(), terminating));
    }
    if (pinned) {
      throw new ApiException(
          new Problem.Conflict(
              resource,
              main.name(),
              "the object has been modified; please apply your changes to the latest version and try again"));
    }
  }
}
