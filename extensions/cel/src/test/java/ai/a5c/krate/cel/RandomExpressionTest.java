package ai.a5c.krate.cel;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.cel.evaluation.Maybe;
import ai.a5c.krate.cel.evaluation.TypeName;
import ai.a5c.krate.cel.evaluation.Unsigned;
import ai.a5c.krate.spi.expression.Budget;
import ai.a5c.krate.spi.expression.Compilation;
import ai.a5c.krate.spi.expression.Compilation.Compiled;
import ai.a5c.krate.spi.expression.Evaluation;
import ai.a5c.krate.spi.expression.ResultType;
import ai.a5c.krate.spi.expression.Variables;
import com.google.common.primitives.UnsignedLong;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeType;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.ErrorValue;
import dev.cel.common.values.NullValue;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class RandomExpressionTest {
  private static final Budget.Limits LIMITS =
      new Budget.Limits(20_000, 4_000_000, Duration.ofSeconds(10));
  private static final String JSON =
      """
      {"a": 1, "s": "some text", "l": [1, 2, 3], "m": {"k": "v", "n": null}, "f": 1.5, "t": true}
      """;
  private static final Variables VARIABLES = Cel.object(JSON);
  private static final Map<String, Object> SAME = same();

  private static final Pattern LOGIC = Pattern.compile("&&|\\|\\||\\.all\\(|\\.exists\\(");

  private static final dev.cel.bundle.Cel PEER =
      CelFactory.plannerCelBuilder()
          .setOptions(
              CelOptions.current()
                  .enableHeterogeneousNumericComparisons(true)
                  .enableOptionalSyntax(true)
                  .build())
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("object", SimpleType.DYN)
          .addCompilerLibraries(CelExtensions.optional(), CelExtensions.comprehensions())
          .addRuntimeLibraries(CelExtensions.optional(), CelExtensions.comprehensions())
          .build();

  /** The same object for the peer, its keys in the same order. */
  private static Map<String, Object> same() {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("k", "v");
    inner.put("n", NullValue.NULL_VALUE);
    Map<String, Object> same = new LinkedHashMap<>();
    same.put("a", 1L);
    same.put("s", "some text");
    same.put("l", List.of(1L, 2L, 3L));
    same.put("m", inner);
    same.put("f", 1.5);
    same.put("t", true);
    return same;
  }

  @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
  void everyExpressionHasAnOutcome(@ForAll("anything") String source) {
    switch (Cel.LANGUAGE.compile(source, Cel.OBJECT, ResultType.ANY)) {
      case Compilation.InvalidExpression invalid ->
          assertThat(invalid.faults())
              .allSatisfy(fault -> assertThat(fault.message()).isNotBlank());
      case Compiled(var expression) -> {
        Evaluation outcome = expression.evaluate(VARIABLES, new Budget(LIMITS, System::nanoTime));
        assertThat(outcome).isNotNull();
      }
    }
  }

  @Property(tries = 1_000)
  void everyTextHasAnOutcome(@ForAll("texts") String source) {
    assertThat(Cel.LANGUAGE.compile(source, Cel.OBJECT, ResultType.ANY)).isNotNull();
  }

  /**
   * cel-java's own evaluator is the peer: where both have a value, it is the same, and where one
   * has none the other has none. It takes errors of {@code &&} and {@code ||} for values, so
   * expressions with these may fail here only.
   */
  @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE, seed = "20261121")
  void theStandardFunctionsGiveWhatCelJavaGives(@ForAll("standard") String source) {
    if (!(Cel.LANGUAGE.compile(source, Cel.OBJECT, ResultType.ANY) instanceof Compiled(var ours))) {
      return;
    }
    Evaluation outcome = ours.evaluate(VARIABLES, new Budget(LIMITS, System::nanoTime));
    Optional<List<@Nullable Object>> theirs = peer(source);
    switch (outcome) {
      case Evaluation.Value(var value) -> {
        assertThat(theirs).as(source).isPresent();
        assertThat(plain(value)).as(source).isEqualTo(theirs.orElseThrow().get(0));
      }
      case Evaluation.Failed(var message) -> {
        if (!LOGIC.matcher(source).find()) {
          assertThat(theirs).as(source + message).isEmpty();
        }
      }
      case Evaluation.ExceededBudget exceeded -> assertThat(exceeded.message()).isNotBlank();
    }
  }

  private static Optional<List<@Nullable Object>> peer(String source) {
    try {
      CelAbstractSyntaxTree tree = PEER.compile(source).getAst();
      List<@Nullable Object> value = new ArrayList<>();
      value.add(plain(PEER.createProgram(tree).eval(Map.of("object", SAME))));
      return Optional.of(value);
    } catch (CelValidationException e) {
      throw new AssertionError(source, e);
    } catch (CelEvaluationException | NoSuchElementException e) {
      return Optional.empty();
    }
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case NullValue none -> null;
      // The peer puts errors of && and || into lists and maps instead of failing.
      case ErrorValue error -> throw new NoSuchElementException();
      case UnsignedLong unsigned -> unsigned.toString() + "u";
      case Unsigned unsigned -> unsigned + "u";
      case CelByteString bytes -> Bytes.owning(bytes.toByteArray());
      case TypeType type -> type.containingTypeName();
      case TypeName type -> type.name();
      case Optional<?> optional -> Arrays.asList("optional", plain(optional.orElse(null)));
      case Maybe maybe -> Arrays.asList("optional", plain(maybe.value()));
      case List<?> list -> {
        List<@Nullable Object> plain = new ArrayList<>();
        list.forEach(item -> plain.add(plain(item)));
        yield plain;
      }
      case Map<?, ?> map -> {
        Map<@Nullable Object, @Nullable Object> plain = new LinkedHashMap<>();
        map.forEach((key, item) -> plain.put(plain(key), plain(item)));
        yield plain;
      }
      default -> value;
    };
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withChars("abx()[]{}'\"\\.,:?!&|=<>+-*/%1u0 \n\t@_\u00e9\ud83d\ude00")
        .ofMaxLength(60);
  }

  @Provide
  Arbitrary<String> anything() {
    return grown(leaves(), List.of(operators(), macros(), standardCalls(), libraryCalls()));
  }

  @Provide
  Arbitrary<String> standard() {
    // The peer takes -0.0 for less than 0, and optionals are not standard.
    Arbitrary<String> leaves =
        leaves().filter(leaf -> !leaf.contains("optional") && !leaf.equals("-0.0"));
    return grown(leaves, List.of(operators(), macros(), standardCalls()));
  }

  private static Arbitrary<String> grown(Arbitrary<String> leaves, List<List<String>> templates) {
    List<String> all = templates.stream().flatMap(List::stream).toList();
    Arbitrary<String> grown = leaves;
    for (int depth = 0; depth < 4; depth++) {
      Arbitrary<String> part = Arbitraries.oneOf(leaves, grown);
      grown =
          Combinators.combine(Arbitraries.of(all), part, part, part)
              .as((template, x, y, z) -> template.replace("X", x).replace("Y", y).replace("Z", z));
    }
    return grown;
  }

  private static Arbitrary<String> leaves() {
    return Arbitraries.of(
        "1",
        "0",
        "-1",
        "9223372036854775807",
        "2u",
        "18446744073709551615u",
        "1.5",
        "-0.0",
        "1e300",
        "''",
        "'a'",
        "'some text'",
        "'é😀'",
        "b'ab'",
        "true",
        "false",
        "null",
        "[]",
        "{}",
        "[1, 2]",
        "{'a': 1}",
        "object",
        "object.a",
        "object.s",
        "object.l",
        "object.m",
        "object.m.n",
        "object.f",
        "object.t",
        "object.missing",
        "dyn(1)",
        "x",
        "int",
        "'1h'",
        "'2024-02-29T12:30:00Z'",
        "optional.of(1)",
        "optional.none()");
  }

  private static List<String> operators() {
    return List.of(
        "(X + Y)",
        "(X - Y)",
        "(X * Y)",
        "(X / Y)",
        "(X % Y)",
        "(X == Y)",
        "(X != Y)",
        "(X < Y)",
        "(X <= Y)",
        "(X in Y)",
        "(X && Y)",
        "(X || Y)",
        "(X ? Y : Z)",
        "!X",
        "(-X)",
        "X[Y]",
        "[X, Y]",
        "[dyn(X), dyn(Y)]",
        "{X: Y}",
        "{'k': X, 'l': Y}",
        "dyn(X)",
        "(dyn(X) + dyn(Y))",
        "(dyn(X) == dyn(Y))",
        "(dyn(X) < dyn(Y))",
        "dyn(X).a",
        "has(object.m.k)",
        "dyn(X)[dyn(Y)]");
  }

  private static List<String> macros() {
    return List.of(
        "dyn(X).all(x, Y)",
        "dyn(X).exists(x, Y)",
        "dyn(X).exists_one(x, Y)",
        "dyn(X).map(x, Y)",
        "dyn(X).filter(x, Y)",
        "dyn(X).all(x, dyn(Y))",
        "object.l.exists(x, X)",
        "object.l.map(x, X, Y)",
        "dyn(X).all(i, x, Y)",
        "object.l.transformList(i, x, X)",
        "object.m.transformMap(k, x, X)",
        "object.l.transformMap(i, x, X, Y)");
  }

  private static List<String> standardCalls() {
    return List.of(
        "size(X)",
        "dyn(X).size()",
        "int(X)",
        "uint(X)",
        "double(X)",
        "bool(X)",
        "bytes(X)",
        "(type(X) == type(Y))",
        "int(dyn(X))",
        "uint(dyn(X))",
        "bool(dyn(X))",
        "dyn(X).contains(dyn(Y))",
        "dyn(X).startsWith(dyn(Y))",
        "dyn(X).endsWith(dyn(Y))",
        "dyn(X).matches('a+')",
        "timestamp(X)",
        "timestamp('2024-02-29T12:30:00Z').getDayOfYear()",
        "(timestamp('2024-02-29T12:30:00Z') + duration('1h30m'))",
        "duration('90m').getHours()");
  }

  private static List<String> libraryCalls() {
    return List.of(
        "string(X)",
        "dyn(X).charAt(dyn(Y))",
        "dyn(X).indexOf(dyn(Y))",
        "dyn(X).lastIndexOf(Y)",
        "dyn(X).join(dyn(Y))",
        "dyn(X).replace(dyn(Y), dyn(Z))",
        "dyn(X).split(dyn(Y))",
        "dyn(X).substring(dyn(Y), dyn(Z))",
        "dyn(X).trim()",
        "'%s %d %.2f'.format([dyn(X), dyn(Y), dyn(Z)])",
        "dyn(X).format([Y])",
        "'%x %e %b'.format([dyn(X), dyn(Y), dyn(Z)])",
        "strings.quote(dyn(X))",
        "sets.contains(dyn(X), dyn(Y))",
        "dyn(X).slice(dyn(Y), dyn(Z))",
        "dyn(X).flatten(dyn(Y))",
        "lists.range(dyn(X))",
        "dyn(X).distinct()",
        "dyn(X).sort()",
        "dyn(X).sortBy(x, Y)",
        "dyn(X).reverse()",
        "dyn(X).isSorted()",
        "dyn(X).sum()",
        "dyn(X).min()",
        "dyn(X).max()",
        "dyn(X).find(dyn(Y))",
        "dyn(X).findAll(dyn(Y), dyn(Z))",
        "dyn(X).matches(dyn(Y))",
        "url(dyn(X)).getQuery()",
        "isURL(dyn(X))",
        "quantity(dyn(X))",
        "isQuantity(dyn(X))",
        "quantity('1k').add(dyn(X))",
        "ip(dyn(X))",
        "cidr(dyn(X))",
        "isCIDR(dyn(X))",
        "format.named(dyn(X))",
        "format.date().validate(dyn(X))",
        "semver(dyn(X), dyn(Y))",
        "isSemver(dyn(X))",
        "dyn(X).?a",
        "dyn(X)[?Y]",
        "optional.of(X)",
        "dyn(X).orValue(Y)",
        "dyn(X).or(dyn(Y))",
        "optional.ofNonZeroValue(X)",
        "dyn(X).optMap(x, Y)",
        "dyn(X).value()",
        "dyn(X).first()",
        "duration(dyn(X))",
        "timestamp(dyn(X))",
        "dyn(X).getHours(dyn(Y))",
        "object.m.transformMapEntry(k, x, {X: Y})",
        "dyn(X).lowerAscii()",
        "dyn(X).includes(Y)",
        "type(X)",
        "dyn(X).major()",
        "dyn(X).compareTo(dyn(Y))",
        "[?dyn(X)]",
        "{?'a': dyn(X)}");
  }
}
