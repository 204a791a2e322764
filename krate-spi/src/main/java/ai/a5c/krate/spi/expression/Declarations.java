package ai.a5c.krate.spi.expression;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The variables an expression may name. Immutable.
 *
 * <p>A name may have dots: {@code variables.small} and {@code authorizer.requestResource} are
 * variables of their own, whether or not {@code variables} and {@code authorizer} are declared.
 *
 * @param variables their types by name
 */
public record Declarations(Map<String, ValueType> variables) {
  public Declarations {
    variables = Collections.unmodifiableMap(new TreeMap<>(variables));
  }

  /** No variable at all. */
  public static Declarations none() {
    return new Declarations(Map.of());
  }

  /** These and one more; a name that was there gets the new type. */
  public Declarations with(String name, ValueType type) {
    Map<String, ValueType> more = new TreeMap<>(variables);
    more.put(name, type);
    return new Declarations(more);
  }
}
