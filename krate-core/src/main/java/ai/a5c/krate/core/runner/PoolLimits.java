package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.problem.FieldError;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one runner of a pool may use, as numbers.
 *
 * @param memoryBytes of all its processes
 * @param diskBytes of workspace and temporary files
 * @param processes at once
 */
record PoolLimits(long memoryBytes, long diskBytes, int processes) {
  private static final String FIELD = "spec.resources.limits";
  private static final Map<String, String> DEFAULTS =
      Map.of("memory", "2Gi", "ephemeral-storage", "4Gi", "pids", "512");
  private static final long MEBIBYTE = 1L << 20;
  private static final long TEBIBYTE = 1L << 40;
  private static final long LEAST_PROCESSES = 8;
  private static final long MOST_PROCESSES = 32_768;

  /** The limits of a pool, the defaults where it says nothing. */
  static PoolLimits of(RunnerPool.Resources resources) {
    return new PoolLimits(
        value(resources, "memory"),
        value(resources, "ephemeral-storage"),
        Math.toIntExact(value(resources, "pids")));
  }

  /** What is wrong with the limits that a pool names. */
  static List<FieldError> errors(RunnerPool.Resources resources) {
    List<FieldError> errors = new ArrayList<>();
    resources
        .limits()
        .forEach(
            (name, quantity) -> {
              if (!DEFAULTS.containsKey(name)) {
                errors.add(
                    new FieldError(
                        FieldError.Reason.NOT_SUPPORTED,
                        FIELD,
                        "Unsupported value: \""
                            + name
                            + "\": supported values: \"ephemeral-storage\", \"memory\", \"pids\""));
              } else if (!isInRange(name, number(quantity))) {
                errors.add(
                    FieldError.invalid(
                        FIELD + "[" + name + "]",
                        quantity,
                        name.equals("pids")
                            ? "it must be between 8 and 32768"
                            : "it must be between 16Mi and 16Ti"));
              }
            });
    return errors;
  }

  private static boolean isInRange(String name, BigDecimal number) {
    long least = name.equals("pids") ? LEAST_PROCESSES : 16 * MEBIBYTE;
    long most = name.equals("pids") ? MOST_PROCESSES : 16 * TEBIBYTE;
    return number.compareTo(BigDecimal.valueOf(least)) >= 0
        && number.compareTo(BigDecimal.valueOf(most)) <= 0;
  }

  private static long value(RunnerPool.Resources resources, String name) {
    String quantity = resources.limits().getOrDefault(name, DEFAULTS.getOrDefault(name, "0"));
    return number(quantity).setScale(0, RoundingMode.CEILING).longValueExact();
  }

  /** The number of a Kubernetes quantity of the form that the schema lets through. */
  private static BigDecimal number(String quantity) {
    int end = quantity.length();
    while (end > 0 && Character.isLetter(quantity.charAt(end - 1))) {
      end--;
    }
    return new BigDecimal(quantity.substring(0, end)).multiply(factor(quantity.substring(end)));
  }

  private static BigDecimal factor(String suffix) {
    return BigDecimal.valueOf(
        switch (suffix) {
          case "" -> 1L;
          case "k" -> 1_000L;
          case "M" -> 1_000_000L;
          case "G" -> 1_000_000_000L;
          case "T" -> 1_000_000_000_000L;
          case "Ki" -> 1L << 10;
          case "Mi" -> MEBIBYTE;
          case "Gi" -> 1L << 30;
          case "Ti" -> TEBIBYTE;
          default -> throw new IllegalArgumentException("no suffix of a quantity: " + suffix);
        });
  }
}
