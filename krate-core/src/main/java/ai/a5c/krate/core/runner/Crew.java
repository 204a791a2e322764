package ai.a5c.krate.core.runner;

import ai.a5c.krate.spi.executor.Runner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The runners that one server has started for a pool and that no pipeline has yet. Guarded by the
 * lock of the {@link Scheduler}.
 */
final class Crew {
  private static final int WAITS = 100;

  private final Deque<Idle> idle = new ArrayDeque<>();
  private final Deque<Long> waits = new ArrayDeque<>();
  private int starting;
  private String trouble = "";
  private long notBefore;

  /** Whether the pool may not have any. */
  private boolean dismissed;

  /** A runner that was started for terms. */
  record Idle(Runner runner, String name, PoolEntry.Terms terms) {}

  /** How many there are, those included that are being started. */
  int size() {
    return idle.size() + starting;
  }

  /** How many are ready. */
  int ready() {
    return idle.size();
  }

  Optional<Idle> take() {
    return Optional.ofNullable(idle.poll());
  }

  void starts() {
    starting++;
  }

  void started(Idle one) {
    starting--;
    trouble = "";
    idle.add(one);
  }

  void failed(String why, long notBefore) {
    starting--;
    trouble(why, notBefore);
  }

  /** Why runners do not start, and until when none is tried. */
  void trouble(String why, long notBefore) {
    this.trouble = why;
    this.notBefore = notBefore;
  }

  String trouble() {
    return trouble;
  }

  boolean mayStart(long now) {
    return trouble.isEmpty() || now - notBefore >= 0;
  }

  void works() {
    trouble = "";
  }

  /** Takes out those that are too many or of other terms. */
  List<Idle> surplus(PoolEntry.Terms terms, int wanted) {
    List<Idle> surplus = new ArrayList<>();
    idle.removeIf(one -> !one.terms().equals(terms) && surplus.add(one));
    while (idle.size() > wanted) {
      surplus.add(idle.removeLast());
    }
    return surplus;
  }

  /** Takes out those that died. */
  List<Idle> dead() {
    List<Idle> dead = new ArrayList<>();
    idle.removeIf(one -> !one.runner().isAlive() && dead.add(one));
    return dead;
  }

  /** Takes out all of them; those that are being started are not wanted either. */
  List<Idle> dismiss() {
    dismissed = true;
    trouble = "";
    List<Idle> all = List.copyOf(idle);
    idle.clear();
    return all;
  }

  /** Wants runners again. */
  void call() {
    dismissed = false;
  }

  boolean isDismissed() {
    return dismissed;
  }

  /** Notes how long a job waited. */
  void waited(long seconds) {
    waits.add(seconds);
    if (waits.size() > WAITS) {
      waits.remove();
    }
  }

  /** How long the last jobs waited; empty if none did. */
  List<Long> waits() {
    return waits.stream().sorted().toList();
  }
}
