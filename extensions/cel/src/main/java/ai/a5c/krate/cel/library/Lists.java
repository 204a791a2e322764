package ai.a5c.krate.cel.library;

import static ai.a5c.krate.cel.library.Types.BOOL;
import static ai.a5c.krate.cel.library.Types.DYN;
import static ai.a5c.krate.cel.library.Types.INT;
import static ai.a5c.krate.cel.library.Types.LIST_OF_T;
import static ai.a5c.krate.cel.library.Types.T;

import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.Equality;
import ai.a5c.krate.cel.evaluation.Items;
import ai.a5c.krate.cel.evaluation.Meter;
import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.Ordering;
import ai.a5c.krate.cel.evaluation.Unsigned;
import ai.a5c.krate.cel.evaluation.Values;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The extended lists library, version 3, and the one of Kubernetes. */
final class Lists {
  static final String SORT_BY_KEYS = "@sortByAssociatedKeys";

  private Lists() {}

  static void addTo(Catalog catalog) {
    catalog
        .member("slice", LIST_OF_T, LIST_OF_T, INT, INT)
        .member("flatten", LIST_OF_T, ListType.create(LIST_OF_T))
        .member("flatten", ListType.create(DYN), ListType.create(DYN), INT)
        .global("lists.range", ListType.create(INT), INT)
        .member("distinct", LIST_OF_T, LIST_OF_T)
        .member("reverse", LIST_OF_T, LIST_OF_T)
        .member("indexOf", INT, LIST_OF_T, T)
        .member("lastIndexOf", INT, LIST_OF_T, T)
        .member("includes", BOOL, DYN, DYN);
    for (CelType type : Types.COMPARABLE) {
      CelType list = ListType.create(type);
      catalog
          .member("sort", list, list)
          .member(SORT_BY_KEYS, LIST_OF_T, LIST_OF_T, list)
          .member("isSorted", BOOL, list)
          .member("min", type, list)
          .member("max", type, list);
    }
    Types.SUMMABLE.forEach(type -> catalog.member("sum", type, ListType.create(type)));
    serve(catalog);
  }

  private static void serve(Catalog catalog) {
    catalog
        .serve("slice", List.class, Lists::slice)
        .serve("flatten", List.class, Lists::flatten)
        .serve("lists.range", Long.class, Lists::range)
        .serve("distinct", List.class, Lists::distinct)
        .serve("reverse", List.class, Lists::reverse)
        .serve("indexOf", List.class, Lists::indexOf)
        .serve("lastIndexOf", List.class, Lists::lastIndexOf)
        .serve("includes", List.class, call -> indexOf(call) >= 0)
        .serve(
            "includes",
            Object.class,
            call -> Equality.equal(call.meter(), call.value(0), call.value(1)))
        .serve("sort", List.class, call -> sort(call.meter(), call.list(0), call.list(0)))
        .serve(SORT_BY_KEYS, List.class, call -> sort(call.meter(), call.list(0), call.list(1)))
        .serve("isSorted", List.class, Lists::isSorted)
        .serve("min", List.class, call -> extreme(call, "min", -1))
        .serve("max", List.class, call -> extreme(call, "max", 1))
        .serve("sum", List.class, Lists::sum);
  }

  private static Items slice(Call call) {
    List<?> list = call.list(0);
    long start = call.integer(1);
    long end = call.integer(2);
    String what = "cannot slice(" + start + ", " + end + "), ";
    if (start < 0 || end < 0) {
      throw new NoValue(what + "negative indexes not supported");
    }
    if (start > end) {
      throw new NoValue(what + "start index must be less than or equal to end index");
    }
    if (end > list.size()) {
      throw new NoValue(what + "list is length " + list.size());
    }
    call.meter().list(end - start);
    return Items.of(list.subList((int) start, (int) end));
  }

  private static Items flatten(Call call) {
    long depth = call.count() > 1 ? call.integer(1) : 1;
    if (depth < 0) {
      throw new NoValue("level must be non-negative");
    }
    Items flat = new Items();
    flatten(call.meter(), call.list(0), depth, flat);
    return flat;
  }

  private static void flatten(Meter meter, List<?> list, long depth, Items flat) {
    for (Object item : list) {
      if (depth > 0 && item instanceof List<?> inner) {
        meter.step();
        flatten(meter, inner, depth - 1, flat);
      } else {
        meter.list(1);
        flat.append(item);
      }
    }
  }

  private static Items range(Call call) {
    long end = Math.max(0, call.integer(0));
    call.meter().list(end);
    call.meter().bytes(end * Long.BYTES * 2);
    Items numbers = new Items((int) end);
    for (long i = 0; i < end; i++) {
      numbers.append(i);
    }
    return numbers;
  }

  private static Items distinct(Call call) {
    List<?> list = call.list(0);
    call.meter().list(list.size());
    Items distinct = new Items();
    for (Object item : list) {
      if (!isIn(call.meter(), distinct, item)) {
        distinct.append(item);
      }
    }
    return distinct;
  }

  static boolean isIn(Meter meter, List<?> list, @Nullable Object wanted) {
    for (Object item : list) {
      if (Equality.equal(meter, item, wanted)) {
        return true;
      }
    }
    return false;
  }

  private static Items reverse(Call call) {
    List<?> list = call.list(0);
    call.meter().list(list.size());
    Items reversed = new Items(list.size());
    for (int i = list.size() - 1; i >= 0; i--) {
      reversed.append(list.get(i));
    }
    return reversed;
  }

  private static long indexOf(Call call) {
    List<?> list = call.list(0);
    for (int i = 0; i < list.size(); i++) {
      if (Equality.equal(call.meter(), list.get(i), call.value(1))) {
        return i;
      }
    }
    return -1;
  }

  private static long lastIndexOf(Call call) {
    List<?> list = call.list(0);
    for (int i = list.size() - 1; i >= 0; i--) {
      if (Equality.equal(call.meter(), list.get(i), call.value(1))) {
        return i;
      }
    }
    return -1;
  }

  private static Items sort(Meter meter, List<?> list, List<?> keys) {
    if (list.size() != keys.size()) {
      throw new NoValue("as many keys as items are needed to sort");
    }
    for (Object key : keys) {
      meter.step();
      if (!Values.typeOf(key).equals(Values.typeOf(keys.get(0)))) {
        throw new NoValue("list elements must have the same type");
      }
      if (Ordering.compare(meter, key, key) != 0) {
        throw new NoValue("list elements must be comparable");
      }
    }
    meter.list(4L * list.size());
    Comparator<Integer> order =
        (left, right) -> Ordering.compare(meter, keys.get(left), keys.get(right));
    Items sorted = new Items(list.size());
    IntStream.range(0, list.size())
        .boxed()
        .sorted(order)
        .forEachOrdered(index -> sorted.append(list.get(index)));
    return sorted;
  }

  private static boolean isSorted(Call call) {
    List<?> list = call.list(0);
    for (int i = 1; i < list.size(); i++) {
      if (Ordering.compare(call.meter(), list.get(i - 1), list.get(i)) > 0) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Object extreme(Call call, String name, int wanted) {
    List<?> list = call.list(0);
    if (list.isEmpty()) {
      throw new NoValue(name + " called on empty list");
    }
    Object best = list.get(0);
    for (Object item : list) {
      if (Integer.signum(Ordering.compare(call.meter(), item, best)) == wanted) {
        best = item;
      }
    }
    return best;
  }

  private static Object sum(Call call) {
    Object total = 0L;
    boolean first = true;
    for (Object item : call.list(0)) {
      call.meter().step();
      total = first ? addend(call, item) : add(call, total, item);
      first = false;
    }
    return total;
  }

  private static Object addend(Call call, @Nullable Object item) {
    if (item instanceof Long
        || item instanceof Unsigned
        || item instanceof Double
        || item instanceof Duration) {
      return item;
    }
    throw call.noSuchOverload();
  }

  private static Object add(Call call, Object total, @Nullable Object item) {
    if (total instanceof Long left && item instanceof Long right) {
      return Operators.exactly(() -> Math.addExact(left, right));
    }
    if (total instanceof Unsigned left && item instanceof Unsigned right) {
      return Operators.sum(left, right);
    }
    if (total instanceof Double left && item instanceof Double right) {
      return left + right;
    }
    if (total instanceof Duration left && item instanceof Duration right) {
      return Times.checked(() -> left.plus(right));
    }
    throw call.noSuchOverload();
  }
}
