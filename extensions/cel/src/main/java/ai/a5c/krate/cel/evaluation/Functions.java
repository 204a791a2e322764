package ai.a5c.krate.cel.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The functions that are served, by name and by the type of their first argument. Immutable once
 * built.
 */
public final class Functions {
  private final Map<String, List<Variant>> byName = new HashMap<>();

  private record Variant(Class<?> first, Function function) {
    boolean takes(@Nullable Object[] arguments) {
      return first == Object.class || (arguments.length > 0 && first.isInstance(arguments[0]));
    }
  }

  /** Collects functions. Used by one thread. */
  public static final class Builder {
    private final Functions made = new Functions();

    /**
     * Serves a function.
     *
     * @param first the type of the first argument or receiver, Object for any; variants are tried
     *     in the order in which they were added
     */
    public Builder add(String name, Class<?> first, Function function) {
      made.byName.computeIfAbsent(name, any -> new ArrayList<>()).add(new Variant(first, function));
      return this;
    }

    /** All that were added; the builder must not be used again. */
    public Functions build() {
      return made;
    }
  }

  private Functions() {}

  /** The function of a name, if it is served. */
  public Optional<Function> named(String name) {
    List<Variant> variants = byName.get(name);
    if (variants == null) {
      return Optional.empty();
    }
    if (variants.size() == 1) {
      return Optional.of(variants.get(0).function());
    }
    List<Variant> all = List.copyOf(variants);
    return Optional.of(call -> dispatch(all, call));
  }

  private static @Nullable Object dispatch(List<Variant> variants, Call call) {
    for (Variant variant : variants) {
      if (variant.takes(call.arguments())) {
        return variant.function().apply(call);
      }
    }
    throw call.noSuchOverload();
  }
}
