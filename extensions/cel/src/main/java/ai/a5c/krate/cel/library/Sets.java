package ai.a5c.krate.cel.library;

import static ai.a5c.krate.cel.library.Types.BOOL;
import static ai.a5c.krate.cel.library.Types.LIST_OF_T;

import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.Meter;
import java.util.List;

/** Lists as sets. */
final class Sets {
  private Sets() {}

  static void addTo(Catalog catalog) {
    catalog
        .global("sets.contains", BOOL, LIST_OF_T, LIST_OF_T)
        .global("sets.equivalent", BOOL, LIST_OF_T, LIST_OF_T)
        .global("sets.intersects", BOOL, LIST_OF_T, LIST_OF_T)
        .serve(
            "sets.contains", List.class, call -> contains(call.meter(), call.list(0), call.list(1)))
        .serve("sets.equivalent", List.class, Sets::equivalent)
        .serve("sets.intersects", List.class, Sets::intersects);
  }

  private static boolean contains(Meter meter, List<?> list, List<?> wanted) {
    for (Object item : wanted) {
      if (!Lists.isIn(meter, list, item)) {
        return false;
      }
    }
    return true;
  }

  private static boolean equivalent(Call call) {
    return contains(call.meter(), call.list(0), call.list(1))
        && contains(call.meter(), call.list(1), call.list(0));
  }

  private static boolean intersects(Call call) {
    for (Object item : call.list(0)) {
      if (Lists.isIn(call.meter(), call.list(1), item)) {
        return true;
      }
    }
    return false;
  }
}
