package ai.a5c.krate.cel.evaluation;

import ai.a5c.krate.api.meta.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A call of a function with its arguments, the receiver being the first. */
public final class Call {
  private final String function;
  private final Meter meter;
  private final @Nullable Object[] arguments;

  Call(String function, Meter meter, @Nullable Object[] arguments) {
    this.function = function;
    this.meter = meter;
    this.arguments = arguments;
  }

  /** Who pays. */
  public Meter meter() {
    return meter;
  }

  /** The number of arguments. */
  public int count() {
    return arguments.length;
  }

  @Nullable Object[] arguments() {
    return arguments;
  }

  /** An argument of any type. */
  public @Nullable Object value(int index) {
    return arguments[index];
  }

  /** An argument of a type; there is no such overload if it is of another. */
  public <T> T as(int index, Class<T> type) {
    if (index < arguments.length && type.isInstance(arguments[index])) {
      return type.cast(arguments[index]);
    }
    throw noSuchOverload();
  }

  /** A string. */
  public String string(int index) {
    return as(index, String.class);
  }

  /** An integer. */
  public long integer(int index) {
    return as(index, Long.class);
  }

  /** A truth value. */
  public boolean bool(int index) {
    return as(index, Boolean.class);
  }

  /** Bytes. */
  public Bytes bytes(int index) {
    return as(index, Bytes.class);
  }

  /** A list. */
  public List<?> list(int index) {
    return as(index, List.class);
  }

  /** A map. */
  public Map<?, ?> map(int index) {
    return as(index, Map.class);
  }

  /** What is thrown when the function does not take these arguments. */
  public NoValue noSuchOverload() {
    String types =
        Arrays.stream(arguments)
            .map(argument -> Values.typeOf(argument).name())
            .collect(Collectors.joining(", "));
    return new NoValue("no such overload: " + function + "(" + types + ")");
  }
}
