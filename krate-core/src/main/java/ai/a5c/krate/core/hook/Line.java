package ai.a5c.krate.core.hook;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a lane has to do, in order: stored deliveries, then what is being stored, then drafts, whose
 * turn it is when there is nothing else, so that none overtakes. Used under its lane's lock.
 */
final class Line {
  /** The most drafts of a lane; who has more is behind. */
  static final int MOST_DRAFTS = 512;

  private final Backlog backlog;

  /** Names of deliveries that are being stored before they are finished. */
  private final TreeSet<String> entering = new TreeSet<>();

  private final ArrayDeque<Draft> drafts = new ArrayDeque<>();

  Line(Backlog backlog) {
    this.backlog = backlog;
  }

  Backlog backlog() {
    return backlog;
  }

  /**
   * Takes a draft over.
   *
   * @param inTrouble whether the lane does not get on; then there are no drafts
   * @return what is to be stored first instead of sent
   */
  List<Draft> take(Draft draft, boolean inTrouble) {
    drafts.add(draft);
    boolean kept = !inTrouble && !draft.subscriber().suspended() && drafts.size() <= MOST_DRAFTS;
    return kept ? List.of() : setAside();
  }

  /** Gives up every draft: they are to be stored, and {@link #entered} told. */
  List<Draft> setAside() {
    List<Draft> all = new ArrayList<>(drafts);
    all.forEach(draft -> entering.add(draft.name().name()));
    drafts.clear();
    return all;
  }

  /** A delivery is stored that was set aside. */
  void entered(String name, boolean unfinished) {
    if (unfinished) {
      backlog.offer(Place.ofEvent(name));
    }
    entering.remove(name);
  }

  boolean isEntering(String name) {
    return entering.contains(name);
  }

  /**
   * Takes the first draft away.
   *
   * @return whether it was the first; otherwise it was set aside meanwhile
   */
  boolean ended(Draft draft, boolean finished) {
    if (!isFirst(draft)) {
      return false;
    }
    drafts.remove();
    if (finished) {
      backlog.passed(draft.name().name());
    } else {
      entering.add(draft.name().name());
    }
    return true;
  }

  private boolean isFirst(Draft draft) {
    Draft first = drafts.peek();
    return first != null && first.name().equals(draft.name());
  }

  /** The draft whose turn it is, or null. */
  @Nullable Draft draft() {
    return backlog.isEmpty() && entering.isEmpty() ? drafts.peek() : null;
  }

  /** Whether the oldest draft was made before. */
  boolean waitsSince(long nanos) {
    Draft oldest = drafts.peek();
    return oldest != null && oldest.since() - nanos < 0;
  }

  /** Whether what comes first is being stored, or comes after something that is. */
  boolean isHeldUp() {
    if (entering.isEmpty()) {
      return false;
    }
    Optional<Place> first = backlog.first();
    return first.isPresent()
        ? entering.first().compareTo(first.get().name()) <= 0
        : backlog.isEmpty();
  }

  /** Whether there is nothing to do now. */
  boolean isIdle() {
    return backlog.isEmpty() && drafts.isEmpty();
  }

  boolean isEmpty() {
    return isIdle() && entering.isEmpty();
  }

  int pending() {
    return backlog.pending() + entering.size() + drafts.size();
  }
}
