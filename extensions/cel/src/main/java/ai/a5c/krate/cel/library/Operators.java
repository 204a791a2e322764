package ai.a5c.krate.cel.library;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.Equality;
import ai.a5c.krate.cel.evaluation.Items;
import ai.a5c.krate.cel.evaluation.Keys;
import ai.a5c.krate.cel.evaluation.Meter;
import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.Ordering;
import ai.a5c.krate.cel.evaluation.Unsigned;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** The operators: equality, order, membership, logical not and arithmetic. */
final class Operators {
  private Operators() {}

  static void addTo(Catalog catalog) {
    catalog
        .serve("_==_", Object.class, call -> equal(call))
        .serve("_!=_", Object.class, call -> !equal(call))
        .serve("_<_", Object.class, call -> ordered(call, order -> order < 0))
        .serve("_<=_", Object.class, call -> ordered(call, order -> order <= 0))
        .serve("_>_", Object.class, call -> ordered(call, order -> order > 0))
        .serve("_>=_", Object.class, call -> ordered(call, order -> order >= 0))
        .serve("@in", Object.class, Operators::in)
        .serve("!_", Object.class, call -> !call.bool(0))
        .serve("-_", Long.class, call -> negate(call.integer(0)))
        .serve("-_", Double.class, call -> -call.as(0, Double.class))
        .serve("_+_", Long.class, call -> exactly(() -> Math.addExact(left(call), right(call))))
        .serve(
            "_-_", Long.class, call -> exactly(() -> Math.subtractExact(left(call), right(call))))
        .serve(
            "_*_", Long.class, call -> exactly(() -> Math.multiplyExact(left(call), right(call))))
        .serve("_/_", Long.class, Operators::divide)
        .serve("_%_", Long.class, Operators::modulo)
        .serve("_+_", Double.class, call -> number(call, 0) + number(call, 1))
        .serve("_-_", Double.class, call -> number(call, 0) - number(call, 1))
        .serve("_*_", Double.class, call -> number(call, 0) * number(call, 1))
        .serve("_/_", Double.class, call -> number(call, 0) / number(call, 1))
        .serve("_+_", String.class, Operators::concatenateStrings)
        .serve("_+_", Bytes.class, Operators::concatenateBytes)
        .serve("_+_", List.class, Operators::concatenateLists);
    addUnsigned(catalog);
    addTimes(catalog);
  }

  private static void addUnsigned(Catalog catalog) {
    catalog
        .serve("_+_", Unsigned.class, call -> sum(unsigned(call, 0), unsigned(call, 1)))
        .serve("_-_", Unsigned.class, call -> difference(unsigned(call, 0), unsigned(call, 1)))
        .serve("_*_", Unsigned.class, call -> product(unsigned(call, 0), unsigned(call, 1)))
        .serve(
            "_/_",
            Unsigned.class,
            call ->
                new Unsigned(
                    Long.divideUnsigned(
                        unsigned(call, 0).bits(), nonZero(unsigned(call, 1), "division"))))
        .serve(
            "_%_",
            Unsigned.class,
            call ->
                new Unsigned(
                    Long.remainderUnsigned(
                        unsigned(call, 0).bits(), nonZero(unsigned(call, 1), "modulus"))));
  }

  private static void addTimes(Catalog catalog) {
    catalog
        .serve(
            "_+_",
            Instant.class,
            call -> Times.plus(call.as(0, Instant.class), call.as(1, Duration.class)))
        .serve("_+_", Duration.class, Operators::plusDuration)
        .serve("_-_", Instant.class, Operators::minusFromInstant)
        .serve(
            "_-_",
            Duration.class,
            call ->
                Times.checked(() -> call.as(0, Duration.class).minus(call.as(1, Duration.class))));
  }

  private static Object plusDuration(Call call) {
    Duration duration = call.as(0, Duration.class);
    if (call.value(1) instanceof Instant instant) {
      return Times.plus(instant, duration);
    }
    return Times.checked(() -> duration.plus(call.as(1, Duration.class)));
  }

  private static Object minusFromInstant(Call call) {
    Instant instant = call.as(0, Instant.class);
    if (call.value(1) instanceof Instant earlier) {
      return Times.checked(() -> Duration.between(earlier, instant));
    }
    return Times.plus(instant, call.as(1, Duration.class).negated());
  }

  private static boolean equal(Call call) {
    return Equality.equal(call.meter(), call.value(0), call.value(1));
  }

  private static boolean ordered(Call call, IntPredicate wanted) {
    return wanted.test(Ordering.compare(call.meter(), call.value(0), call.value(1)));
  }

  private static boolean in(Call call) {
    if (call.value(1) instanceof Map<?, ?> map) {
      return Keys.find(map, call.value(0)).present();
    }
    for (Object item : call.list(1)) {
      if (Equality.equal(call.meter(), item, call.value(0))) {
        return true;
      }
    }
    return false;
  }

  private static long left(Call call) {
    return call.integer(0);
  }

  private static long right(Call call) {
    return call.integer(1);
  }

  private static double number(Call call, int index) {
    return call.as(index, Double.class);
  }

  private static Unsigned unsigned(Call call, int index) {
    return call.as(index, Unsigned.class);
  }

  interface Exact {
    long value();
  }

  static long exactly(Exact computation) {
    try {
      return computation.value();
    } catch (ArithmeticException e) {
      throw new NoValue("integer overflow");
    }
  }

  private static long negate(long value) {
    return exactly(() -> Math.negateExact(value));
  }

  private static Object divide(Call call) {
    if (right(call) == 0) {
      throw new NoValue("division by zero");
    }
    return exactly(() -> Math.divideExact(left(call), right(call)));
  }

  private static Object modulo(Call call) {
    if (right(call) == 0) {
      throw new NoValue("modulus by zero");
    }
    if (left(call) == Long.MIN_VALUE && right(call) == -1) {
      throw new NoValue("integer overflow");
    }
    return left(call) % right(call);
  }

  static Unsigned sum(Unsigned left, Unsigned right) {
    long bits = left.bits() + right.bits();
    if (Long.compareUnsigned(bits, left.bits()) < 0) {
      throw new NoValue("unsigned integer overflow");
    }
    return new Unsigned(bits);
  }

  private static Unsigned difference(Unsigned left, Unsigned right) {
    if (left.compareTo(right) < 0) {
      throw new NoValue("unsigned integer overflow");
    }
    return new Unsigned(left.bits() - right.bits());
  }

  private static Unsigned product(Unsigned left, Unsigned right) {
    if (Math.unsignedMultiplyHigh(left.bits(), right.bits()) != 0) {
      throw new NoValue("unsigned integer overflow");
    }
    return new Unsigned(left.bits() * right.bits());
  }

  private static long nonZero(Unsigned divisor, String operation) {
    if (divisor.bits() == 0) {
      throw new NoValue(operation + " by zero");
    }
    return divisor.bits();
  }

  private static String concatenateStrings(Call call) {
    String left = call.string(0);
    String right = call.string(1);
    call.meter().string((long) left.length() + right.length());
    return left.concat(right);
  }

  private static Bytes concatenateBytes(Call call) {
    Bytes left = call.bytes(0);
    Bytes right = call.bytes(1);
    long size = (long) left.size() + right.size();
    call.meter().string(size);
    byte[] both = new byte[(int) size];
    System.arraycopy(left.toArray(), 0, both, 0, left.size());
    System.arraycopy(right.toArray(), 0, both, left.size(), right.size());
    return Bytes.owning(both);
  }

  private static Items concatenateLists(Call call) {
    List<?> left = call.list(0);
    List<?> right = call.list(1);
    Meter meter = call.meter();
    meter.list((long) left.size() + right.size());
    Items both = new Items(left.size() + right.size());
    left.forEach(both::append);
    right.forEach(both::append);
    return both;
  }
}
