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
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The last stage of the road: one transaction that holds the objects, what was prepared, what the
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
    Authorized request = admitted.request();
    boolean dryRun = admitted.proposals().getFirst().context().dryRun();
    Plan plan = new Plan(kind.kind().boundary(), request.subject().name(), request.time());
    List<Draft> drafts = draft(admitted, kind, plan, dryRun);
    if (drafts.isEmpty()) {
      return done(admitted, kind, drafts, dryRun);
    }
    Set<String> names = new HashSet<>();
    for (Draft draft : drafts) {
      // Only a drawn name can be another's: the client names none twice.
      if (!names.add(draft.object().name()) && draft.drawn()) {
        return new Attempt.NameTaken(draft.index(), draft.object().name());
      }
    }
    for (Draft draft : drafts) {
      admitted.prepared().objects().get(draft.index()).addTo(plan);
    }
    contribute(plan);
    if (dryRun) {
      return hall.objects()
          .rehearse(plan)
          .map(rejected -> rejected(rejected, plan, drafts, kind, request))
          .orElseGet(() -> done(admitted, kind, drafts, true));
    }
    enter(request, kind, plan, drafts);
    CommitOutcome outcome;
    try {
      outcome = hall.objects().commit(plan);
    } catch (OutcomeUnknownException e) {
      keep(admitted, drafts);
      throw e;
    }
    return switch (outcome) {
      case CommitOutcome.Committed committed -> {
        keep(admitted, drafts);
        List<Draft> stored = new ArrayList<>();
        for (Draft draft : drafts) {
          stored.add(draft.as(stored(kind, draft, committed.applied().get(draft.step()))));
        }
        yield done(admitted, kind, stored, false);
      }
      case CommitOutcome.Rejected rejected -> rejected(rejected, plan, drafts, kind, request);
    };
  }

  /** Adds the steps of what changes anything. */
  private List<Draft> draft(Admitted admitted, Registration kind, Plan plan, boolean dryRun) {
    List<Draft> drafts = new ArrayList<>();
    for (int i = 0; i < admitted.proposals().size(); i++) {
      Proposal proposal = admitted.proposals().get(i);
      ApiObject object = proposal.object();
      if (object == null || !object.equals(proposal.old())) {
        admitted.request().bracket().with(i);
        if (!dryRun) {
          admitted.prepared().objects().get(i).publish();
        }
        drafts.add(Draft.of(i, proposal, kind, hall.names(), plan));
      }
    }
    admitted.request().bracket().with(Together.NONE);
    return drafts;
  }

  private static void keep(Admitted admitted, List<Draft> drafts) {
    drafts.forEach(draft -> admitted.prepared().objects().get(draft.index()).keep());
  }

  /** Adds the audit entry of everything. */
  private void enter(Authorized request, Registration kind, Plan plan, List<Draft> drafts) {
    List<ChangeCommand> commands =
        drafts.stream()
            .map(d -> new ChangeCommand(kind.kind(), request.errand(), d.old(), d.object()))
            .toList();
    Draft last = drafts.getLast();
    if (drafts.size() > 1) {
      request.bracket().doing(new ScriptCommand(commands));
      enter(request, plan, last.step(), last.code(), "", List.of());
      return;
    }
    if (request.errand().command().equals(Command.OF_CHANGE)) {
      request.bracket().doing(commands.getFirst());
    }
    enter(request, plan, last.step(), last.code(), last.object().name(), last.nameOf());
  }

  /** What became of each object, once everybody has heard of it who must before the client does. */
  private Attempt done(Admitted admitted, Registration kind, List<Draft> drafts, boolean dryRun) {
    Map<Integer, Draft> changed = new HashMap<>();
    drafts.forEach(draft -> changed.put(draft.index(), draft));
    List<Written> written = new ArrayList<>();
    for (Proposal proposal : admitted.proposals()) {
      Draft draft = changed.get(written.size());
      ApiObject object = draft == null ? Objects.requireNonNull(proposal.old()) : draft.object();
      Written.Outcome outcome = draft == null ? Written.Outcome.UNCHANGED : draft.outcome();
      if (!dryRun) {
        kind.strategy().written(object);
      }
      if (!dryRun && draft != null) {
        boolean removed = outcome == Written.Outcome.REMOVED;
        hall.validating().forEach(a -> a.committed(kind.kind(), object, removed));
      }
      written.add(new Written(object, outcome, proposal.warnings()));
    }
    return new Attempt.Done(written);
  }

  /** Completes a plan with contributions and the audit entry, and commits it. */
  CommitOutcome commit(Authorized request, Plan plan, int step, int code, String name) {
    contribute(plan);
    enter(request, plan, step, code, name, List.of());
    return hall.objects().commit(plan);
  }

  private void contribute(Plan plan) {
    for (Contribution contribution : hall.contributions()) {
      contribution.contribute(plan);
    }
  }

  private void enter(
      Authorized request, Plan plan, int step, int code, String name, List<Completion> nameOf) {
    AuditRecord record = request.bracket().allowed(code, name);
    hall.trail().allowed(plan, record, step, nameOf);
  }

  /** The object as it was stored, read again only if the commit gave it more than its revision. */
  private ApiObject stored(Registration kind, Draft draft, Applied applied) {
    if (!(applied instanceof Applied.Stored(StoredObject stored))) {
      throw new IllegalStateException("an object was not stored as one: " + applied);
    }
    return draft.complete() && !kind.kind().sealed()
        ? draft.object().withText(stored.revision().toString(), "metadata", "resourceVersion")
        : hall.objects().read(kind.kind(), stored);
  }

  /** Throws what no further attempt can change. */
  private Attempt rejected(
      CommitOutcome.Rejected rejected,
      Plan plan,
      List<Draft> drafts,
      Registration kind,
      Authorized request) {
    Optional<Draft> about = about(rejected.operation(), drafts);
    int index = about.map(Draft::index).orElse(Together.NONE);
    request.bracket().with(index);
    // A counter that was only read has moved on since.
    if (plan.steps().get(rejected.operation()) instanceof Step.RequireCount) {
      return new Attempt.RaceLost(index);
    }
    GroupResource resource = kind.kind().resource();
    String name = about.map(draft -> draft.object().name()).orElse("");
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
    boolean itself = about.isPresent() && rejected.operation() == about.get().step();
    if (!itself || about.get().old() != null) {
      return new Attempt.RaceLost(index);
    }
    if (about.get().drawn()) {
      return new Attempt.NameTaken(index, name);
    }
    boolean terminating =
        rejected.why() instanceof Mismatch.Found(var current)
            && current != null
            && isGoing(hall.objects().read(kind.kind(), current), request.sight());
    throw new ApiException(
        new Problem.AlreadyExists(resource, takenName(rejected, name), terminating));
  }

  /**
   * The object that an operation belongs to: its step, or its number, which comes before that. What
   * comes after all of them is nobody's, unless there is only one.
   */
  private static Optional<Draft> about(int operation, List<Draft> drafts) {
    return drafts.size() == 1
        ? Optional.of(drafts.getFirst())
        : drafts.stream().filter(draft -> draft.step() >= operation).findFirst();
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
