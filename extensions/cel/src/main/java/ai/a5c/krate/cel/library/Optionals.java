package ai.a5c.krate.cel.library;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.Items;
import ai.a5c.krate.cel.evaluation.Maybe;
import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.Unsigned;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OptionalType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values that may not be there. */
final class Optionals {
  private Optionals() {}

  static void addTo(Catalog catalog) {
    catalog
        .member("unwrapOpt", Types.LIST_OF_T, ListType.create(OptionalType.create(Types.T)))
        .serve("optional.none", Object.class, call -> Maybe.NONE)
        .serve("optional.of", Object.class, call -> Maybe.of(call.value(0)))
        .serve(
            "optional.ofNonZeroValue",
            Object.class,
            call -> isZero(call.value(0)) ? Maybe.NONE : Maybe.of(call.value(0)))
        .serve("hasValue", Maybe.class, call -> call.as(0, Maybe.class).present())
        .serve("value", Maybe.class, Optionals::value)
        .serve("optional.unwrap", List.class, Optionals::unwrap)
        .serve("unwrapOpt", List.class, Optionals::unwrap)
        .serve("first", List.class, call -> at(call.list(0), 0))
        .serve("last", List.class, call -> at(call.list(0), call.list(0).size() - 1));
  }

  private static @Nullable Object value(Call call) {
    Maybe maybe = call.as(0, Maybe.class);
    if (!maybe.present()) {
      throw new NoValue("optional.none() dereference");
    }
    return maybe.value();
  }

  private static Items unwrap(Call call) {
    List<?> list = call.list(0);
    call.meter().list(list.size());
    Items present = new Items();
    for (Object item : list) {
      if (!(item instanceof Maybe maybe)) {
        throw call.noSuchOverload();
      }
      if (maybe.present()) {
        present.append(maybe.value());
      }
    }
    return present;
  }

  private static Maybe at(List<?> list, int index) {
    return list.isEmpty() ? Maybe.NONE : Maybe.of(list.get(index));
  }

  private static boolean isZero(@Nullable Object value) {
    return switch (value) {
      case null -> true;
      case Boolean b -> !b;
      case Long l -> l == 0;
      case Unsigned u -> u.bits() == 0;
      case Double d -> d == 0;
      case String s -> s.isEmpty();
      case Bytes b -> b.isEmpty();
      case List<?> l -> l.isEmpty();
      case Map<?, ?> m -> m.isEmpty();
      case Duration d -> d.isZero();
      case Instant i -> i.equals(Instant.EPOCH);
      default -> false;
    };
  }
}
