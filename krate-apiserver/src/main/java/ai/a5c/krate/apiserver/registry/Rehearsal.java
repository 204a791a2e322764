package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares a plan with what is stored, as its commit would, and writes nothing. Used by one thread.
 */
final class Rehearsal {
  private final ai.a5c.krate.apiserver.registry.Objects objects;
  private final Map<String, Long> added = new HashMap<>();

  Rehearsal(ai.a5c.krate.apiserver.registry.Objects objects) {
    this.objects = objects;
  }

  /** Why the plan would be rejected now; empty if it would be committed. */
  Optional<CommitOutcome.Rejected> rejection(Plan plan) {
    for (int i = 0; i < plan.steps().size(); i++) {
      Optional<Mismatch> mismatch = mismatch(plan, plan.steps().get(i));
      if (mismatch.isPresent()) {
        return Optional.of(new CommitOutcome.Rejected(i, mismatch.get()));
      }
    }
    return Optional.empty();
  }

  private Optional<Mismatch> mismatch(Plan plan, Step step) {
    return switch (step) {
      case Step.Count count -> counted(plan, count);
      case Step.RequireCount count -> {
        long value = counter(plan, count.counter());
        yield value > count.read()
            ? Optional.of(new Mismatch.OutOfRange(count.counter(), value, count.read()))
            : Optional.empty();
      }
      case Step.Write write -> written(write);
      case Step.Remove remove -> {
        ApiObject last = remove.last();
        yield found(remove.kind(), last.namespace(), last.name(), remove.read());
      }
      case Step.Require require ->
          found(require.kind(), require.namespace(), require.name(), require.read());
      case Step.RequireRef ref -> at(ref.repository(), ref.ref(), ref.at());
      case Step.MoveRef move ->
          literal(move.ref())
              .flatMap(RefName::parse)
              .flatMap(name -> at(move.repository(), name, move.old()));
      case Step.Audit audit -> Optional.empty();
    };
  }

  private Optional<Mismatch> counted(Plan plan, Step.Count count) {
    long value = counter(plan, count.counter()) + added.getOrDefault(count.counter(), 0L);
    long sum = value + count.delta();
    if (sum < 0 || sum > count.max()) {
      return Optional.of(new Mismatch.OutOfRange(count.counter(), value, count.max()));
    }
    added.merge(count.counter(), count.delta(), Long::sum);
    return Optional.empty();
  }

  private long counter(Plan plan, String name) {
    return switch (plan.boundary()) {
      case CONFIGURATION -> objects.configuration().counter(name);
      case RECORDS -> objects.records().counter(name);
    };
  }

  /** A name that the commit alone gives is not known to be taken. */
  private Optional<Mismatch> written(Step.Write write) {
    ApiObject old = write.old();
    return literal(write.name())
        .flatMap(
            name ->
                found(
                    write.kind(),
                    write.object().namespace(),
                    name,
                    old == null ? null : old.revision()));
  }

  private Optional<Mismatch> found(
      Kind kind, String namespace, String name, @Nullable Revision expected) {
    StoredObject current = objects.stored(kind, namespace, name).orElse(null);
    Revision at = current == null ? null : current.revision();
    return Objects.equals(at, expected)
        ? Optional.empty()
        : Optional.of(new Mismatch.Found(current));
  }

  private Optional<Mismatch> at(Uid repository, RefName ref, @Nullable ObjectId expected) {
    ObjectId current = objects.records().ref(repository, ref).orElse(null);
    return Objects.equals(current, expected)
        ? Optional.empty()
        : Optional.of(new Mismatch.RefAt(current));
  }

  private static Optional<String> literal(Template template) {
    return template.parts().stream().allMatch(Template.Part.Literal.class::isInstance)
        ? Optional.of(template.fill(slot -> "").utf8())
        : Optional.empty();
  }
}
