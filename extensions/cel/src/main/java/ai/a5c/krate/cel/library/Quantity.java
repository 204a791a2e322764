package ai.a5c.krate.cel.library;

import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.Opaque;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount as Kubernetes writes it, such as {@code 1.5Gi} or {@code 200m}: at most 2^63-1, and no
 * finer than a billionth. Equal by value, so that {@code 1k} is {@code 1000}.
 */
record Quantity(BigDecimal value) implements Opaque, Comparable<Quantity> {
  private static final int LONGEST = 256;
  private static final int FINEST = 9;
  private static final int LARGEST_EXPONENT = 60;
  private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final BigDecimal LEAST = BigDecimal.ONE.movePointLeft(FINEST);
  private static final Pattern FORM =
      Pattern.compile("([+-]?)(\\d+\\.?\\d*|\\.\\d+)([numkMGTPE]?|[KMGTPE]i|[eE][+-]?\\d+)");
  private static final String BINARY = "KMGTPE";
  private static final Map<String, Integer> DECIMAL =
      Map.of("n", -9, "u", -6, "m", -3, "", 0, "k", 3, "M", 6, "G", 9, "T", 12, "P", 15, "E", 18);

  Quantity {
    value = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
  }

  /**
   * Reads one.
   *
   * @throws NoValue if it is none
   */
  static Quantity parse(String text) {
    Matcher form = FORM.matcher(text.length() > LONGEST ? "" : text);
    if (!form.matches()) {
      throw new NoValue(
          "quantities must match the regular expression "
              + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }
    BigDecimal amount = scaled(new BigDecimal(form.group(2)), form.group(3)).min(MOST);
    if (amount.scale() > FINEST) {
      amount = amount.setScale(FINEST, RoundingMode.UP);
    }
    return new Quantity(form.group(1).equals("-") ? amount.negate() : amount);
  }

  private static BigDecimal scaled(BigDecimal amount, String suffix) {
    if (suffix.endsWith("i")) {
      int power = 1 + BINARY.indexOf(suffix.charAt(0));
      return amount.multiply(BigDecimal.TWO.pow(10 * power));
    }
    Integer power = DECIMAL.get(suffix);
    if (power != null) {
      return amount.scaleByPowerOfTen(power);
    }
    if (amount.signum() == 0) {
      return amount;
    }
    return exponential(amount, suffix.substring(1));
  }

  private static BigDecimal exponential(BigDecimal amount, String exponent) {
    boolean small = exponent.startsWith("-");
    String digits = exponent.replaceFirst("^[+-]?0*", "");
    int power =
        digits.length() > 3 ? Integer.MAX_VALUE : digits.isEmpty() ? 0 : Integer.parseInt(digits);
    if (power > LARGEST_EXPONENT + LONGEST) {
      return small ? LEAST : MOST;
    }
    return amount.scaleByPowerOfTen(small ? -power : power);
  }

  boolean isInteger() {
    return value.scale() <= 0 && value.toBigInteger().bitLength() < Long.SIZE;
  }

  /** Its value, if it is a 64-bit integer. */
  long asInteger() {
    if (!isInteger()) {
      throw new NoValue("cannot convert value to integer");
    }
    return value.longValueExact();
  }

  @Override
  public int compareTo(Quantity other) {
    return value.compareTo(other.value);
  }

  @Override
  public String typeName() {
    return Types.QUANTITY.name();
  }
}
