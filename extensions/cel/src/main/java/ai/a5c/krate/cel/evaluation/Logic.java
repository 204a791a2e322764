package ai.a5c.krate.cel.evaluation;

import org.jspecify.annotations.Nullable;

/** And, or and the ternary, which do not need all of their operands. */
final class Logic {
  private Logic() {}

  /** Either operand decides alone, if it is the absorbing one, even if the other has no value. */
  static Node absorbing(boolean absorbing, String operator, Node left, Node right) {
    return frame -> {
      frame.meter().step();
      NoValue error = null;
      try {
        if (bool(operator, left.evaluate(frame)) == absorbing) {
          return absorbing;
        }
      } catch (NoValue e) {
        error = e;
      }
      if (error == null) {
        return bool(operator, right.evaluate(frame));
      }
      try {
        if (bool(operator, right.evaluate(frame)) == absorbing) {
          return absorbing;
        }
      } catch (NoValue e) {
        throw error;
      }
      throw error;
    };
  }

  static Node conditional(Node condition, Node then, Node otherwise) {
    return frame -> {
      frame.meter().step();
      return bool("_?_:_", condition.evaluate(frame))
          ? then.evaluate(frame)
          : otherwise.evaluate(frame);
    };
  }

  /** Whether a loop over and or or goes on: it does while the outcome is open or an error. */
  static Node notStrictlyFalse(Node operand) {
    return frame -> {
      try {
        return !Boolean.FALSE.equals(operand.evaluate(frame));
      } catch (NoValue e) {
        return true;
      }
    };
  }

  static boolean bool(String operator, @Nullable Object value) {
    if (value instanceof Boolean truth) {
      return truth;
    }
    throw new NoValue(
        "no such overload: " + operator + " with a " + Values.typeOf(value).name() + " operand");
  }
}
