package ai.a5c.krate.cel;

import com.google.common.collect.ImmutableList;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.parser.CelMacro;
import dev.cel.parser.CelMacroExprFactory;
import java.util.Optional;

/**
 * The macro {@code list.sortBy(item, key)}, whose result has the type of the list: cel-java's own
 * gives a list of an unknown type.
 */
final class SortBy {
  private static final String INPUT = "@sortBy_input";
  private static final String SORT = "@sortByAssociatedKeys";

  private SortBy() {}

  static CelMacro macro() {
    return CelMacro.newReceiverMacro("sortBy", 2, SortBy::expand);
  }

  private static Optional<CelExpr> expand(
      CelMacroExprFactory factory, CelExpr target, ImmutableList<CelExpr> arguments) {
    CelExpr variable = arguments.get(0);
    if (variable.getKind() != Kind.IDENT || variable.ident().name().startsWith(".")) {
      return Optional.of(factory.reportError("sortBy: the first argument must be a simple name"));
    }
    String result = factory.getAccumulatorVarName();
    CelExpr key = factory.newList(arguments.get(1));
    CelExpr keys =
        factory.fold(
            variable.ident().name(),
            factory.newIdentifier(INPUT),
            result,
            factory.newList(),
            factory.newBoolLiteral(true),
            factory.newGlobalCall("_+_", factory.newIdentifier(result), key),
            factory.newIdentifier(result));
    return Optional.of(
        factory.fold(
            "#unused",
            factory.newList(),
            INPUT,
            target,
            factory.newBoolLiteral(false),
            factory.newIdentifier(INPUT),
            factory.newReceiverCall(SORT, factory.newIdentifier(INPUT), keys)));
  }
}
