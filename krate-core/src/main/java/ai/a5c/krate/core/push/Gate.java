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

  private static final String ANOTHER = "another ref of this atomic push was refused";

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
    List<RefUpdate> left = new ArrayList<>(pushed.updates());
    Map<RefName, String> lost = new TreeMap<>();
    long deadline = nanos.getAsLong() + PATIENCE.toNanos();
    while (!left.isEmpty()) {
      Judgment judgment = judge(pushed, left);
      if (!judgment.objections().isEmpty()) {
        // Ahead of the commit: once refs have moved, nothing may fail any more.
        refuse(pushed, judgment.objections());
        objections.putAll(judgment.objections());
        left.removeIf(update -> objections.containsKey(update.ref()));
        continue;
      }
      if (!(commit(pushed, left, judgment) instanceof CommitOutcome.Rejected rejected)) {
        objections.putAll(lost);
        return new PushOutcome(objections);
      }
      if (rejected.operation() < left.size()) {
        RefUpdate late = left.remove(rejected.operation());
        lost.put(late.ref(), "it was moved by somebody else meanwhile; fetch first");
        if (pushed.atomic()) {
          give(left, lost, ANOTHER);
        }
      } else if (nanos.getAsLong() > deadline) {
        give(left, lost, "its rules or pull requests are being changed; push again");
      }
    }
    if (!lost.isEmpty()) {
      refuse(pushed, lost);
      objections.putAll(lost);
    }
    return new PushOutcome(objections);
  }

  /**
   * What the policies say of the updates that are left.
   *
   * @param objections by ref; for all refs of an atomic push if there is one for any
   * @param bypassed what objects to somebody else, by ref
   * @param premises what that rests on
   */
  private record Judgment(
      Map<RefName, String> objections,
      Map<RefName, String> bypassed,
      List<Step.RequireCount> premises) {}

  private Judgment judge(Quarantine pushed, List<RefUpdate> left) {
    Push push =
        new Push(request.subject(), repository, pushed, claim -> road.mayAlso(request, claim));
    var judgment = new Judgment(new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
    for (PushPolicy policy : policies) {
      PushPolicy.Judge judge = policy.of(push);
      judgment.premises().addAll(judge.premises());
      for (RefUpdate update : left) {
        switch (judge.of(update)) {
          case PushPolicy.Verdict.Allowed allowed -> {}
          case PushPolicy.Verdict.Bypassed(String what) ->
              judgment.bypassed().merge(update.ref(), what, Gate::both);
          case PushPolicy.Verdict.Refused(String why) ->
              judgment.objections().merge(update.ref(), why, Gate::both);
        }
      }
    }
    if (pushed.atomic() && !judgment.objections().isEmpty()) {
      left.forEach(update -> judgment.objections().putIfAbsent(update.ref(), ANOTHER));
    }
    return judgment;
  }

  private static String both(String one, String other) {
    return one + "; " + other;
  }

  private static String lines(Map<RefName, String> byRef) {
    return byRef.entrySet().stream()
        .map(e -> e.getKey() + ": " + e.getValue())
        .collect(Collectors.joining("; "));
  }

  private CommitOutcome commit(Quarantine pushed, List<RefUpdate> left, Judgment judgment) {
    List<Step.MoveRef> moves = pushed.prepare(left).stream().map(Gate::step).toList();
    Map<RefName, String> bypassed = judgment.bypassed();
    request.doing(PushCommand.of(address, pushed, left));
    return road.commit(
        request,
        moves,
        judgment.premises(),
        bypassed.isEmpty() ? Map.of() : Map.of(BYPASSED, lines(bypassed)));
  }

  private static void give(List<RefUpdate> left, Map<RefName, String> lost, String why) {
    left.forEach(update -> lost.put(update.ref(), why));
    left.clear();
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

  private static Step.MoveRef step(Operation.MoveRef move) {
    return new Step.MoveRef(move.repository(), move.ref(), move.old(), move.target());
  }
}
