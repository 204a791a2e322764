package ai.a5c.krate.cel.evaluation;

import java.math.BigInteger;

/** An unsigned 64-bit integer. */
public record Unsigned(long bits) implements Comparable<Unsigned> {
  @Override
  public int compareTo(Unsigned other) {
    return Long.compareUnsigned(bits, other.bits);
  }

  /** Its value as a double, rounded to the nearest. */
  public double toDouble() {
    return bits >= 0 ? bits : toBigInteger().doubleValue();
  }

  BigInteger toBigInteger() {
    return new BigInteger(Long.toUnsignedString(bits));
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(bits);
  }
}
