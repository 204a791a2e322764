package ai.a5c.krate.spi.expression;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What is known of a variable before evaluation. */
public sealed interface ValueType {
  /** A type that needs no further word. */
  enum Basic implements ValueType {
    /** Any value; what can be done with it is decided at evaluation. */
    DYNAMIC,
    BOOL,
    /** A 64-bit integer. */
    INT,
    DOUBLE,
    STRING,
    /** An {@link java.time.Instant}. */
    TIMESTAMP,
    /** A {@link java.time.Duration}. */
    DURATION,
    /** An {@link Access}: the root of questions about rights. */
    AUTHORIZER,
    /** An {@link AccessTarget}: a question about rights that lacks its verb. */
    RESOURCE_CHECK
  }

  /** A list whose items are of one type. */
  record ListOf(ValueType item) implements ValueType {}

  /** A map from strings to values of one type. */
  record MapOf(ValueType value) implements ValueType {}

  /**
   * A map that has these keys and no other: naming another one is refused at compilation. A key
   * that is missing in the value fails the evaluation, unless the expression asked for it.
   *
   * @param name a name with a dot for messages, such as {@code kubernetes.AdmissionRequest}; two
   *     structures of one name must be equal
   * @param fields their types by name
   */
  record Structure(String name, Map<String, ValueType> fields) implements ValueType {
    public Structure {
      fields = Collections.unmodifiableMap(new TreeMap<>(fields));
    }
  }

  /** A type of the language itself, taken from {@link Expression#type()} of the same language. */
  non-sealed interface Native extends ValueType {}
}
