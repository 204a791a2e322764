package ai.a5c.krate.cel;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * Bounds on the shape of an expression that must hold before its types are worked out: the type of
 * a map whose key and value are of one type is twice as large as theirs, so that a chain of such
 * maps has a type too large to look at.
 */
final class Shape {
  private static final int MOST_COMPUTED_KEYS = 12;
  private static final int DEEPEST = 1_000;

  private record Part(CelExpr expression, int depth) {}

  private Shape() {}

  /** Why the expression is refused; empty if it is not. */
  static String refusal(CelExpr root) {
    Deque<Part> open = new ArrayDeque<>();
    open.push(new Part(root, 1));
    int computedKeys = 0;
    while (!open.isEmpty()) {
      Part part = open.pop();
      if (part.depth() > DEEPEST) {
        return "the expression nests too deeply";
      }
      computedKeys += computedKeys(part.expression());
      if (computedKeys > MOST_COMPUTED_KEYS) {
        return "an expression has at most "
            + MOST_COMPUTED_KEYS
            + " keys of map literals that are not constants";
      }
      parts(part.expression()).forEach(inner -> open.push(new Part(inner, part.depth() + 1)));
    }
    return "";
  }

  private static int computedKeys(CelExpr expression) {
    if (expression.getKind() != Kind.MAP) {
      return 0;
    }
    return (int)
        expression.map().entries().stream()
            .filter(entry -> entry.key().getKind() != Kind.CONSTANT)
            .count();
  }

  private static Stream<CelExpr> parts(CelExpr expression) {
    return switch (expression.getKind()) {
      case SELECT -> Stream.of(expression.select().operand());
      case CALL ->
          Stream.concat(expression.call().target().stream(), expression.call().args().stream());
      case LIST -> expression.list().elements().stream();
      case MAP ->
          expression.map().entries().stream()
              .flatMap(entry -> Stream.of(entry.key(), entry.value()));
      case STRUCT -> expression.struct().entries().stream().map(CelExpr.CelStruct.Entry::value);
      case COMPREHENSION -> parts(expression.comprehension()).stream();
      case CONSTANT, IDENT, NOT_SET -> Stream.empty();
    };
  }

  private static List<CelExpr> parts(CelComprehension loop) {
    return List.of(
        loop.iterRange(), loop.accuInit(), loop.loopCondition(), loop.loopStep(), loop.result());
  }
}
