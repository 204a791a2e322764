package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The parameters of a request's query, decoded.
 *
 * @param parameters by name, in the order of their appearance, each with its values in order
 */
public record Query(Map<String, List<String>> parameters) {
  public static final Query EMPTY = new Query(Map.of());

  private static final int MAX_LENGTH = 64 * 1024;
  private static final int MAX_PARAMETERS = 1_000;
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

  public Query {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    parameters.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    parameters = Collections.unmodifiableMap(copy);
  }

  /**
   * Reads what stands behind the question mark; a parameter without {@code =} has an empty value.
   *
   * @throws ApiException BadRequest if an escape is malformed, or the query is longer than 64 KiB
   *     or has more than 1,000 parameters
   */
  public static Query parse(String raw) {
    if (raw.isEmpty()) {
      return EMPTY;
    }
    if (raw.length() > MAX_LENGTH) {
      throw refusal("the query is longer than " + MAX_LENGTH + " characters");
    }
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    int count = 0;
    for (String part : raw.split("&", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      if (++count > MAX_PARAMETERS) {
        throw refusal("the query has more than " + MAX_PARAMETERS + " parameters");
      }
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      String value = equals < 0 ? "" : part.substring(equals + 1);
      parameters
          .computeIfAbsent(Percent.decode(name, true, "query"), n -> new ArrayList<>())
          .add(Percent.decode(value, true, "query"));
    }
    return new Query(parameters);
  }

  public boolean has(String name) {
    return parameters.containsKey(name);
  }

  /** Every value of the parameter, in order. */
  public List<String> all(String name) {
    return parameters.getOrDefault(name, List.of());
  }

  /** The first value of the parameter; Kubernetes, too, ignores the others. */
  public Optional<String> first(String name) {
    return all(name).stream().findFirst();
  }

  /** The first value of the parameter, or empty if it is absent. */
  public String text(String name) {
    return first(name).orElse("");
  }

  /**
   * Kubernetes' reading of a flag: present without a value is true, {@code 0} and false are not.
   */
  public boolean flag(String name) {
    return first(name).map(v -> !v.equals("0") && !v.equalsIgnoreCase("false")).orElse(false);
  }

  /**
   * A whole number; an absent or empty parameter has none.
   *
   * @throws ApiException BadRequest if it is no whole number of 64 bits
   */
  public OptionalLong number(String name) {
    String value = text(name);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(value));
    } catch (NumberFormatException e) {
      throw refusal("the parameter " + name + " is no whole number: \"" + value + "\"");
    }
  }

  /**
   * {@code resourceVersion}; an absent or empty parameter has none, and 0 is one.
   *
   * @throws ApiException BadRequest if it is no decimal number of at most 63 bits
   */
  public OptionalLong resourceVersion() {
    String value = text("resourceVersion");
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    if (value.length() > 39
        || !value.chars().allMatch(c -> c >= '0' && c <= '9')
        || new BigInteger(value).compareTo(LONG_MAX) > 0) {
      throw refusal("invalid resource version \"" + clipped(value) + "\"");
    }
    return OptionalLong.of(Long.parseLong(value));
  }

  private static String clipped(String value) {
    return value.length() <= 64 ? value : value.substring(0, 64) + "...";
  }

  private static ApiException refusal(String message) {
    return new ApiException(new Problem.BadRequest(message));
  }
}
