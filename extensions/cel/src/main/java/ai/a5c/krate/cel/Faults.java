package ai.a5c.krate.cel;

import ai.a5c.krate.cel.evaluation.Planner.NotServedException;
import ai.a5c.krate.spi.expression.Compilation.Fault;
import ai.a5c.krate.spi.expression.Compilation.InvalidExpression;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelSourceLocation;
import java.util.List;
import java.util.Optional;

/** What is wrong with a source, and where. */
final class Faults {
  private static final int MOST = 20;
  private static final int LONGEST = 1_024;

  private Faults() {}

  static InvalidExpression of(List<CelIssue> issues) {
    return new InvalidExpression(issues.stream().limit(MOST).map(Faults::fault).toList());
  }

  static InvalidExpression ofWhole(String message) {
    return new InvalidExpression(List.of(new Fault(0, 0, message)));
  }

  static List<Fault> at(CelAbstractSyntaxTree tree, NotServedException refusal) {
    Integer offset = tree.getSource().getPositionsMap().get(refusal.expression());
    Optional<CelSourceLocation> place =
        offset == null ? Optional.empty() : tree.getSource().getOffsetLocation(offset);
    String message = String.valueOf(refusal.getMessage());
    return List.of(
        place.map(where -> fault(where, message)).orElseGet(() -> new Fault(0, 0, message)));
  }

  private static Fault fault(CelIssue issue) {
    String message = issue.getMessage();
    return fault(
        issue.getSourceLocation(),
        message.length() > LONGEST ? message.substring(0, LONGEST) + "..." : message);
  }

  private static Fault fault(CelSourceLocation where, String message) {
    return where.getLine() < 1
        ? new Fault(0, 0, message)
        : new Fault(where.getLine(), where.getColumn() + 1, message);
  }
}
