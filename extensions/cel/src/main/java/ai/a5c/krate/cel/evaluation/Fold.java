package ai.a5c.krate.cel.evaluation;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the macros all, exists, map, filter and their like become: a loop over a list or a map.
 *
 * @param slots where the loop keeps its variables
 * @param unconditional whether the loop always runs to its end, so that an error ends it
 */
record Fold(
    Node range,
    Node init,
    Node condition,
    Node step,
    Node result,
    Slots slots,
    boolean unconditional)
    implements Node {
  static final int NONE = -1;

  /** Where a loop keeps its variables; {@link #NONE} for a second one that it does not have. */
  record Slots(int first, int second, int accumulator) {}

  @Override
  public @Nullable Object evaluate(Frame frame) {
    frame.meter().step();
    Object over = range.evaluate(frame);
    frame.setLocal(slots.accumulator(), init.evaluate(frame));
    switch (over) {
      case Map<?, ?> map -> overMap(frame, map);
      case List<?> list -> overList(frame, list);
      case null, default ->
          throw new NoValue("no such overload: a loop over a " + Values.typeOf(over).name());
    }
    return result.evaluate(frame);
  }

  private void overMap(Frame frame, Map<?, ?> map) {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      frame.setLocal(slots.first(), entry.getKey());
      if (slots.second() != NONE) {
        frame.setLocal(slots.second(), entry.getValue());
      }
      if (!goOn(frame)) {
        return;
      }
    }
  }

  private void overList(Frame frame, List<?> list) {
    long index = 0;
    for (Object item : list) {
      if (slots.second() == NONE) {
        frame.setLocal(slots.first(), item);
      } else {
        frame.setLocal(slots.first(), index);
        frame.setLocal(slots.second(), item);
      }
      if (!goOn(frame)) {
        return;
      }
      index++;
    }
  }

  private boolean goOn(Frame frame) {
    frame.meter().step();
    if (!Logic.bool("a loop's condition", condition.evaluate(frame))) {
      return false;
    }
    Object next;
    try {
      next = step.evaluate(frame);
    } catch (NoValue e) {
      if (unconditional) {
        throw e;
      }
      next = e;
    }
    frame.setLocal(slots.accumulator(), next);
    return true;
  }
}
