package ai.a5c.krate.cel.library;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Doubles written as CEL writes them. */
final class Numbers {
  private static final int SMALLEST_PLAIN_EXPONENT = -4;
  private static final int LARGEST_PLAIN_EXPONENT = 5;

  private static final int GROUP = 3;
  private static final String SUPERSCRIPTS =
      "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

  private Numbers() {}

  /** The fewest digits that read back as the same double. */
  static String shortest(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    if (exponent >= SMALLEST_PLAIN_EXPONENT && exponent <= LARGEST_PLAIN_EXPONENT) {
      return exact.toPlainString();
    }
    String digits = exact.unscaledValue().abs().toString();
    StringBuilder text = new StringBuilder(value < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      text.append('.').append(digits, 1, digits.length());
    }
    int size = Math.abs(exponent);
    return text.append('e')
        .append(exponent < 0 ? '-' : '+')
        .append(size < 10 ? "0" : "")
        .append(size)
        .toString();
  }

  /** With so many digits after the point, rounded half to even. */
  static String plain(double value, int precision) {
    BigDecimal rounded = new BigDecimal(value).setScale(precision, RoundingMode.HALF_EVEN);
    boolean negativeZero = rounded.signum() == 0 && (value < 0 || 1 / value < 0);
    return (negativeZero ? "-" : "") + rounded.toPlainString();
  }

  /** As {@link #plain}, with a comma between groups of three digits. */
  static String fixed(double value, int precision) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return special(value);
    }
    String plain = plain(value, precision);
    int point = plain.indexOf('.');
    int end = point < 0 ? plain.length() : point;
    int start = plain.startsWith("-") ? 1 : 0;
    StringBuilder grouped = new StringBuilder(plain);
    for (int i = end - GROUP; i > start; i -= GROUP) {
      grouped.insert(i, ',');
    }
    return grouped.toString();
  }

  /** One digit before the point and so many after it, times a power of ten. */
  static String scientific(double value, int precision) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return special(value);
    }
    BigDecimal rounded =
        new BigDecimal(value).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
    int exponent = rounded.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    BigDecimal mantissa =
        rounded.scaleByPowerOfTen(-exponent).setScale(precision, RoundingMode.HALF_EVEN);
    String digits = String.valueOf(Math.abs(exponent));
    StringBuilder text = new StringBuilder(mantissa.toPlainString());
    text.append("\u202f\u00d7\u202f10");
    if (exponent < 0) {
      text.append('\u207b');
    }
    (digits.length() < 2 ? "0" + digits : digits)
        .chars()
        .forEach(digit -> text.append(SUPERSCRIPTS.charAt(digit - '0')));
    return text.toString();
  }

  private static String special(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    return value > 0 ? "\u221e" : "-\u221e";
  }
}
