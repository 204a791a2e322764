package ai.a5c.krate.core.push;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.apiserver.request.Authorized;
import ai.a5c.krate.apiserver.request.Road;
import ai.a5c.krate.spi.git.PushGate;
import ai.a5c.krate.spi.git.PushOutcome;
import ai.a5c.krate.spi.git.Quarantine;
import ai.a5c.krate.spi.git.RefUpdate;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The admission and the commit of one push: every policy sees every update, all objections come
 * back at once, and what is accepted is one transaction. Per ref, unless the client asked for all
 * or nothing.
 */
final class Gate implements PushGate {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Road road;
  private final Authorized request;
  private final ApiObject repository;
  private final List<PushPolicy> policies;
  private final LongSupplier nanos;
  private final String address;

  Gate(
      Road road,
      Authorized request,
      ApiObject repository,
      List<PushPolicy> policies,
      LongSupplier nanos,
      String address) {
    this.road = road;
    this.request = request;
    this.repository = repository;
    this.policies = List.copyOf(policies);
    this.nanos = nanos;
    this.address = address;
  }

  @Override
  public PushOutcome admit(Quarantine pushed) {
    Map<RefName, String> objections = new TreeMap<>();
    for (RefUpdate update : pushed.updates()) {
      for (PushPolicy policy : policies) {
        policy
            .objection(request.subject(), repository, update)
            .ifPresent(why -> objections.merge(update.ref(), why, (a, b) -> a + "; " + b));
      }
    }
    List<RefUpdate> accepted = accepted(pushed, objections);
    if (!accepted.isEmpty()) {
      commit(pushed, accepted, objections);
    }
    if (objections.size() == pushed.updates().size()) {
      request.doing(PushCommand.of(address, pushed, pushed.updates()));
      String all =
          objections.entrySet().stream()
              .map(e -> e.getKey() + ": " + e.getValue())
              .collect(Collectors.joining("; "));
      road.refuse(
          request,
          new Problem.Forbidden(
              request.errand().resource(), repository.name(), "push refused: " + all, List.of()));
    }
    return new PushOutcome(objections);
  }

  private static List<RefUpdate> accepted(Quarantine pushed, Map<RefName, String> objections) {
    List<RefUpdate> accepted =
        pushed.updates().stream().filter(u -> !objections.containsKey(u.ref())).toList();
    if (!pushed.atomic() || objections.isEmpty()) {
      return accepted;
    }
    accepted.forEach(u -> objections.put(u.ref(), "another ref of this atomic push was refused"));
    return List.of();
  }

  private void commit(
      Quarantine pushed, List<RefUpdate> accepted, Map<RefName, String> objections) {
    List<RefUpdate> updates = new ArrayList<>(accepted);
    List<Operation.MoveRef> moves = new ArrayList<>(pushed.prepare(accepted));
    long deadline = nanos.getAsLong() + PATIENCE.toNanos();
    while (!moves.isEmpty()) {
      request.doing(PushCommand.of(address, pushed, updates));
      if (!(road.commit(request, moves.stream().map(Gate::step).toList())
          instanceof CommitOutcome.Rejected rejected)) {
        return;
      }
      if (rejected.operation() < moves.size()) {
        RefUpdate lost = updates.remove(rejected.operation());
        moves.remove(rejected.operation());
        objections.put(lost.ref(), "it was moved by somebody else meanwhile; fetch first");
        if (pushed.atomic()) {
          updates.forEach(
              u -> objections.put(u.ref(), "another ref of this atomic push was refused"));
          return;
        }
      } else if (nanos.getAsLong() > deadline) {
        updates.forEach(
            u -> objections.put(u.ref(), "its pull requests are being changed; push again"));
        return;
      }
    }
  }

  private static Step.MoveRef step(Operation.MoveRef move) {
    return new Step.MoveRef(move.repository(), move.ref(), move.old(), move.target());
  }
}
