package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Completion;
import ai.a5c.krate.apiserver.registry.Numbering;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The step of a plan that one object of the request is about.
 *
 * @param index of the object among the request's
 * @param old the stored object, null to create
 * @param step its index in the plan
 * @param outcome what the object becomes
 * @param code the HTTP status code of the answer
 * @param object as it goes into the plan; without name and number where only the commit gives them
 * @param drawn whether the object's name was drawn, so that another will do as well
 * @param complete whether the commit gives it nothing but its revision
 * @param nameOf the completion of the name, if only the commit gives it
 */
record Draft(
    int index,
    @Nullable ApiObject old,
    int step,
    Written.Outcome outcome,
    int code,
    ApiObject object,
    boolean drawn,
    boolean complete,
    List<Completion> nameOf) {
  Draft {
    nameOf = List.copyOf(nameOf);
  }

  /**
   * Adds the step to a plan.
   *
   * @param index of the object among the request's
   */
  static Draft of(int index, Proposal proposal, Registration kind, Names names, Plan plan) {
    ApiObject old = proposal.old();
    ApiObject object = proposal.object();
    if (old == null) {
      if (object == null) {
        throw new IllegalStateException("nothing to create");
      }
      return create(index, object, kind, names, plan);
    }
    if (object == null || isLetGo(proposal, kind, old, object)) {
      ApiObject last = object == null ? old : object;
      int step = plan.remove(kind.kind(), old.revision(), last);
      return new Draft(
          index, old, step, Written.Outcome.REMOVED, 200, last, false, true, List.of());
    }
    int step = plan.write(kind.kind(), old, object);
    return new Draft(
        index, old, step, Written.Outcome.UPDATED, 200, object, false, true, List.of());
  }

  /** The same, with the object as it was stored. */
  Draft as(ApiObject stored) {
    return new Draft(index, old, step, outcome, code, stored, drawn, complete, nameOf);
  }

  /** Whether an update takes away the last thing that a terminating object waited for. */
  private static boolean isLetGo(
      Proposal proposal, Registration kind, ApiObject old, ApiObject object) {
    return old.isTerminating()
        && proposal.operation() == Admission.Operation.UPDATE
        && !kind.strategy().awaitsFinalizers(object);
  }

  private static Draft create(
      int index, ApiObject object, Registration kind, Names names, Plan plan) {
    Optional<Numbering> numbering = kind.strategy().numbering(object);
    List<Completion> completions = new ArrayList<>();
    List<Completion> nameOf = List.of();
    Template name = Template.of(object.name());
    ApiObject named = object;
    boolean nameless = object.name().isEmpty();
    if (numbering.isPresent()) {
      Numbering by = numbering.get();
      Slot number = new Slot.ValueOf(plan.add(new Step.Count(by.counter(), Long.MAX_VALUE)));
      for (Numbering.Place place : by.places()) {
        completions.add(
            new Completion(place.path(), place.prefix(), number, place.suffix(), place.number()));
      }
      if (nameless && object.generateName().equals(by.generateName())) {
        nameOf = List.of(Completion.text(by.generateName(), number, "metadata", "name"));
        completions.addAll(nameOf);
        name = Template.builder().text(by.generateName()).slot(number).build();
      }
    }
    boolean drawn = nameless && nameOf.isEmpty();
    if (drawn) {
      String generated = names.generate(object.generateName());
      named = object.withText(generated, "metadata", "name");
      name = Template.of(generated);
    }
    int step = plan.steps().size();
    completions.add(Plan.resourceVersion(step));
    plan.add(new Step.Write(kind.kind(), null, named, name, completions));
    return new Draft(
        index, null, step, Written.Outcome.CREATED, 201, named, drawn, numbering.isEmpty(), nameOf);
  }
}
