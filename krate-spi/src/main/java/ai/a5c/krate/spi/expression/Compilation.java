package ai.a5c.krate.spi.expression;

import java.util.List;
import java.util.stream.Collectors;

/** What became of a source. */
public sealed interface Compilation {
  /** It can be evaluated. */
  record Compiled(Expression expression) implements Compilation {}

  /**
   * It is refused.
   *
   * @param faults what is wrong, in the order of the source; never empty
   */
  record InvalidExpression(List<Fault> faults) implements Compilation {
    public InvalidExpression {
      faults = List.copyOf(faults);
      if (faults.isEmpty()) {
        throw new IllegalArgumentException("an invalid expression has a fault");
      }
    }

    /** All faults, each with its place, in one line each. */
    public String message() {
      return faults.stream().map(Fault::toString).collect(Collectors.joining("\n"));
    }
  }

  /**
   * One thing that is wrong.
   *
   * @param line from 1; 0 if the fault is of the whole expression
   * @param column from 1, in characters; 0 if the fault is of the whole expression
   * @param message a sentence for the author that names what is wrong
   */
  record Fault(int line, int column, String message) {
    @Override
    public String toString() {
      return line == 0 ? message : line + ":" + column + ": " + message;
    }
  }
}
