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
  /** On the audit entry of a push: the rules that did not bind who pushed, by ref. */
  static final String BYPASSED = "push.krate.a5c.ai/bypassed";

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
    Map<RefName, String> bypassed = new TreeMap<>();
    judge(pushed, objections, bypassed);
    List<RefUpdate> accepted = accepted(pushed, objections);
    if (!objections.isEmpty()) {
      // Ahead of the commit: once refs have moved, nothing may fail any more.
      refuse(pushed, objections);
    }
    if (!accepted.isEmpty()) {
      Map<RefName, String> lost = new TreeMap<>();
      if (!commit(pushed, accepted, lost, bypassed)) {
        refuse(pushed, lost);
      }
      objections.putAll(lost);
    }
    return new PushOutcome(objections);
  }

  private void refuse(Quarantine pushed, Map<RefName, String> objections) {
    List<RefUpdate> refused =
        pushed.updates().stream().filter(u -> objections.containsKey(u.ref())).toList();
    request.doing(PushCommand.of(address, pushed, refused));
    road.refuse(
        request,
        new Problem.Forbidden(
            request.errand().resource(),
            repository.name(),
            "push refused: " + lines(objections),
            List.of()));
  }

  private void judge(
      Quarantine pushed, Map<RefName, String> objections, Map<RefName, String> bypassed) {
    Push push =
        new Push(request.subject(), repository, pushed, claim -> road.mayAlso(request, claim));
    List<PushPolicy.Judge> judges = policies.stream().map(policy -> policy.of(push)).toList();
    for (RefUpdate update : pushed.updates()) {
      for (PushPolicy.Judge judge : judges) {
        switch (judge.of(update)) {
          case PushPolicy.Verdict.Allowed allowed -> {}
          case PushPolicy.Verdict.Bypassed(String what) ->
              bypassed.merge(update.ref(), what, Gate::both);
          case PushPolicy.Verdict.Refused(String why) ->
              objections.merge(update.ref(), why, Gate::both);
        }
      }
    }
  }

  private static String both(String one, String other) {
    return one + "; " + other;
  }

  private static String lines(Map<RefName, String> byRef) {
    return byRef.entrySet().stream()
        .map(e -> e.getKey() + ": " + e.getValue())
        .collect(Collectors.joining("; "));
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

  /** Whether any ref has moved. */
  private boolean commit(
      Quarantine pushed,
      List<RefUpdate> accepted,
      Map<RefName, String> lost,
      Map<RefName, String> bypassed) {
    List<RefUpdate> updates = new ArrayList<>(accepted);
    List<Operation.MoveRef> moves = new ArrayList<>(pushed.prepare(accepted));
    long deadline = nanos.getAsLong() + PATIENCE.toNanos();
    while (!moves.isEmpty()) {
      request.doing(PushCommand.of(address, pushed, updates));
      if (!(road.commit(
              request, moves.stream().map(Gate::step).toList(), annotations(updates, bypassed))
          instanceof CommitOutcome.Rejected rejected)) {
        return true;
      }
      if (rejected.operation() < moves.size()) {
        RefUpdate late = updates.remove(rejected.operation());
        moves.remove(rejected.operation());
        lost.put(late.ref(), "it was moved by somebody else meanwhile; fetch first");
        if (pushed.atomic()) {
          updates.forEach(u -> lost.put(u.ref(), "another ref of this atomic push was refused"));
          return false;
        }
      } else if (nanos.getAsLong() > deadline) {
        updates.forEach(u -> lost.put(u.ref(), "its pull requests are being changed; push again"));
        return false;
      }
    }
    return false;
  }

  private static Map<String, String> annotations(
      List<RefUpdate> updates, Map<RefName, String> bypassed) {
    Map<RefName, String> now = new TreeMap<>(bypassed);
    now.keySet().retainAll(updates.stream().map(RefUpdate::ref).toList());
    return now.isEmpty() ? Map.of() : Map.of(BYPASSED, lines(now));
  }

  private static Step.MoveRef step(Operation.MoveRef move) {
    return new Step.MoveRef(move.repository(), move.ref(), move.old(), move.target());
  }
}
