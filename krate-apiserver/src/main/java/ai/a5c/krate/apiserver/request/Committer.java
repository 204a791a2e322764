package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.audit.AuditRecord;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Completion;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import java.util.List;

/**
 * The last stage of the road: one transaction that holds the object, what was prepared, what the
 * rooms contribute and the audit entry. A dry run makes the same plan, and asks the store what it
 * would say.
 */
final class Committer {
  private final Hall hall;

  Committer(Hall hall) {
    this.hall = hall;
  }

  /** Commits an admitted request, unless it changes nothing. */
  Attempt commit(Admitted admitted, Registration kind) {
    Proposal proposal = admitted.proposal();
    ApiObject object = proposal.object();
    ApiObject old = proposal.old();
    if (object != null && object.equals(old)) {
      if (!proposal.context().dryRun()) {
        kind.strategy().written(object);
      }
      return done(object, Written.Outcome.UNCHANGED, proposal);
    }
    if (!proposal.context().dryRun()) {
      admitted.prepared().publish();
    }
    Authorized request = admitted.request();
    Plan plan = new Plan(kind.kind().boundary(), request.subject().name(), request.time());
    Draft draft = Draft.of(proposal, kind, hall.names(), plan);
    admitted.prepared().addTo(plan);
    contribute(plan);
    if (proposal.context().dryRun()) {
      return hall.objects()
          .rehearse(plan)
          .map(
              rejected ->
                  counted(plan, rejected)
                      ? new Attempt.RaceLost()
                      : rejected(rejected, draft, kind, proposal, request.sight()))
          .orElseGet(() -> done(draft.object(), draft.outcome(), proposal));
    }
    if (request.errand().command().equals(Command.OF_CHANGE)) {
      request
          .bracket()
          .doing(new ChangeCommand(kind.kind(), request.errand(), old, draft.object()));
    }
    CommitOutcome outcome;
    try {
      outcome =
          close(request, plan, draft.step(), draft.code(), draft.object().name(), draft.nameOf());
    } catch (OutcomeUnknownException e) {
      admitted.prepared().keep();
      throw e;
    }
    return switch (outcome) {
      case CommitOutcome.Committed committed -> {
        admitted.prepared().keep();
        Applied applied = committed.applied().get(draft.step());
        ApiObject stored = stored(kind, applied);
        kind.strategy().written(stored);
        boolean removed = draft.outcome() == Written.Outcome.REMOVED;
        hall.validating().forEach(a -> a.committed(kind.kind(), stored, removed));
        yield done(stored, draft.outcome(), proposal);
      }
      case CommitOutcome.Rejected rejected when counted(plan, rejected) -> new Attempt.RaceLost();
      case CommitOutcome.Rejected rejected ->
          rejected(rejected, draft, kind, proposal, request.sight());
    };
  }

  /** Whether a counter moved on since it was read. */
  private static boolean counted(Plan plan, CommitOutcome.Rejected rejected) {
    return plan.steps().get(rejected.operation()) instanceof Step.RequireCount;
  }

  /** Completes a plan with contributions and the audit entry, and commits it. */
  CommitOutcome commit(Authorized request, Plan plan, int step, int code, String name) {
    contribute(plan);
    return close(request, plan, step, code, name, List.of());
  }

  private void contribute(Plan plan) {
    for (Contribution contribution : hall.contributions()) {
      contribution.contribute(plan);
    }
  }

  private CommitOutcome close(
      Authorized request, Plan plan, int step, int code, String name, List<Completion> nameOf) {
    AuditRecord record = request.bracket().allowed(code, name);
    hall.trail().allowed(plan, record, step, nameOf);
    return hall.objects().commit(plan);
  }

  private ApiObject stored(Registration kind, Applied applied) {
    if (applied instanceof Applied.Stored stored) {
      return hall.objects().read(kind.kind(), stored.object());
    }
    throw new IllegalStateException("an object was not stored as one: " + applied);
  }

  private static Attempt done(ApiObject object, Written.Outcome outcome, Proposal proposal) {
    return new Attempt.Done(new Written(object, outcome, proposal.warnings()));
  }

  /** Throws what no further attempt can change. */
  private Attempt rejected(
      CommitOutcome.Rejected rejected,
      Draft draft,
      Registration kind,
      Proposal proposal,
      Sight sight) {
    GroupResource resource = kind.kind().resource();
    String name = draft.object().name();
    if (rejected.why() instanceof Mismatch.OutOfRange range) {
      throw new ApiException(
          new Problem.Forbidden(
              resource,
              name,
              resource
                  + (name.isEmpty() ? "" : " \"" + name + "\"")
                  + " is forbidden: exceeded quota: "
                  + range.counter()
                  + ", limited: "
                  + range.max(),
              List.of()));
    }
    if (rejected.operation() != draft.step() || proposal.old() != null) {
      return new Attempt.RaceLost();
    }
    if (draft.drawn()) {
      return new Attempt.NameTaken(name);
    }
    boolean terminating =
        rejected.why() instanceof Mismatch.Found(var current)
            && current != null
            && isGoing(hall.objects().read(kind.kind(), current), sight);
    throw new ApiException(
        new Problem.AlreadyExists(resource, takenName(rejected, name), terminating));
  }

  /** That a name is taken must be told; of what is kept from the subject, nothing else is. */
  private static boolean isGoing(ApiObject current, Sight sight) {
    return sight.test(current) && current.isTerminating();
  }

  /** A numbered name is known only to the store, which says what it found there. */
  private static String takenName(CommitOutcome.Rejected rejected, String name) {
    return name.isEmpty()
            && rejected.why() instanceof Mismatch.Found(var current)
            && current != null
        ? current.key().name()
        : name;
  }
}
