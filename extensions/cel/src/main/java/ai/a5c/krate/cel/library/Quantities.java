package ai.a5c.krate.cel.library;

import static ai.a5c.krate.cel.library.Types.BOOL;
import static ai.a5c.krate.cel.library.Types.DOUBLE;
import static ai.a5c.krate.cel.library.Types.INT;
import static ai.a5c.krate.cel.library.Types.QUANTITY;
import static ai.a5c.krate.cel.library.Types.STRING;

import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.NoValue;
import java.math.BigDecimal;

/** The quantity library of Kubernetes. */
final class Quantities {
  private Quantities() {}

  static void addTo(Catalog catalog) {
    catalog
        .global("quantity", QUANTITY, STRING)
        .global("isQuantity", BOOL, STRING)
        .global("sign", INT, QUANTITY)
        .member("sign", INT, QUANTITY)
        .member("isGreaterThan", BOOL, QUANTITY, QUANTITY)
        .member("isLessThan", BOOL, QUANTITY, QUANTITY)
        .member("compareTo", INT, QUANTITY, QUANTITY)
        .member("asApproximateFloat", DOUBLE, QUANTITY)
        .member("asInteger", INT, QUANTITY)
        .member("isInteger", BOOL, QUANTITY)
        .member("add", QUANTITY, QUANTITY, QUANTITY)
        .member("add", QUANTITY, QUANTITY, INT)
        .member("sub", QUANTITY, QUANTITY, QUANTITY)
        .member("sub", QUANTITY, QUANTITY, INT);
    serve(catalog);
  }

  private static void serve(Catalog catalog) {
    catalog
        .serve("quantity", String.class, call -> Quantity.parse(call.string(0)))
        .serve("isQuantity", String.class, call -> isQuantity(call.string(0)))
        .serve("sign", Quantity.class, call -> (long) quantity(call).value().signum())
        .serve("isGreaterThan", Quantity.class, call -> compare(call) > 0)
        .serve("isLessThan", Quantity.class, call -> compare(call) < 0)
        .serve("compareTo", Quantity.class, Quantities::compare)
        .serve("asApproximateFloat", Quantity.class, call -> quantity(call).value().doubleValue())
        .serve("asInteger", Quantity.class, call -> quantity(call).asInteger())
        .serve("isInteger", Quantity.class, call -> quantity(call).isInteger())
        .serve(
            "add", Quantity.class, call -> new Quantity(quantity(call).value().add(operand(call))))
        .serve(
            "sub",
            Quantity.class,
            call -> new Quantity(quantity(call).value().subtract(operand(call))));
  }

  private static Quantity quantity(Call call) {
    return call.as(0, Quantity.class);
  }

  private static long compare(Call call) {
    return Integer.signum(quantity(call).compareTo(call.as(1, Quantity.class)));
  }

  private static BigDecimal operand(Call call) {
    return call.value(1) instanceof Long whole
        ? BigDecimal.valueOf(whole)
        : call.as(1, Quantity.class).value();
  }

  private static boolean isQuantity(String text) {
    try {
      return Quantity.parse(text).value() != null;
    } catch (NoValue e) {
      return false;
    }
  }
}
