package ai.a5c.krate.cel;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.spi.expression.Budget;
import ai.a5c.krate.spi.expression.Compilation.Fault;
import ai.a5c.krate.spi.expression.Compilation.InvalidExpression;
import ai.a5c.krate.spi.expression.Declarations;
import ai.a5c.krate.spi.expression.Evaluation;
import ai.a5c.krate.spi.expression.Evaluation.ExceededBudget;
import ai.a5c.krate.spi.expression.Evaluation.Failed;
import ai.a5c.krate.spi.expression.Evaluation.Value;
import ai.a5c.krate.spi.expression.Expression;
import ai.a5c.krate.spi.expression.ExpressionLanguage;
import ai.a5c.krate.spi.expression.ResultType;
import ai.a5c.krate.spi.expression.ValueType.Basic;
import ai.a5c.krate.spi.expression.ValueType.ListOf;
import ai.a5c.krate.spi.expression.ValueType.MapOf;
import ai.a5c.krate.spi.expression.ValueType.Structure;
import ai.a5c.krate.spi.expression.Variables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CelLanguageTest {
  private static final Variables NONE =
      name -> {
        throw new AssertionError("asked for " + name);
      };

  @Test
  void theLanguageIsFoundOnTheClassPath() {
    assertThat(ServiceLoader.load(ExpressionLanguage.class))
        .singleElement()
        .satisfies(language -> assertThat(language.name()).isEqualTo("cel"));
  }

  @Test
  void aFaultSaysWhereItIsAndWhatItNames() {
    InvalidExpression invalid =
        (InvalidExpression)
            Cel.LANGUAGE.compile("true &&\n  nothing == 1", Cel.OBJECT, ResultType.BOOL);
    assertThat(invalid.faults())
        .singleElement()
        .isEqualTo(new Fault(2, 3, "undeclared reference to 'nothing' (in container '')"));
    assertThat(invalid.message()).startsWith("2:3: ");
  }

  @Test
  void whatIsNotServedIsRefusedByItsName() {
    assertThat(Cel.refusal("google.protobuf.Int32Value{value: 1}"))
        .contains("google.protobuf.Int32Value");
    assertThat(Cel.refusal("Object{spec: 1}")).contains("Object");
    assertThat(Cel.refusal("JSONPatch{op: 'add'}")).contains("JSONPatch");
    assertThat(Cel.refusal("jsonpatch.escapeKey('a')")).contains("jsonpatch");
    assertThat(Cel.refusal("math.greatest(1, 2)")).contains("math");
    assertThat(Cel.refusal("base64.encode(b'a')")).contains("base64");
    assertThat(Cel.refusal("cel.bind(x, 1, x)")).contains("bind");
    assertThat(Cel.refusal("google.protobuf.Timestamp{seconds: 1}")).contains("Timestamp");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'a'", "1", "object.spec.paused", "null", "dyn(true)", "[true]"})
  void aValidationMustBeKnownToBeTrueOrFalse(String source) {
    assertThat(Cel.refusal(source, Cel.OBJECT, ResultType.BOOL)).contains("must evaluate to bool");
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "1", "object.spec.title"})
  void aMessageMustBeKnownToBeAString(String source) {
    assertThat(Cel.refusal(source, Cel.OBJECT, ResultType.MESSAGE))
        .contains("must evaluate to string");
    assertThat(Cel.refusal(source, Cel.OBJECT, ResultType.STRING_OR_NULL))
        .contains("must evaluate to one of string, null_type");
  }

  @Test
  void aMessageIsOneLineOfAtMostFiveKibibytes() {
    assertThat(message("'  title is short '")).isEqualTo(new Value("title is short"));
    assertThat(message("' '")).isEqualTo(new Failed("the message is empty"));
    assertThat(message("'a\\nb'")).isInstanceOf(Failed.class);
    assertThat(message("lists.range(5120).map(x, 'a').join()")).isInstanceOf(Value.class);
    assertThat(message("lists.range(5121).map(x, 'a').join()")).isInstanceOf(Failed.class);
    assertThat(message("lists.range(2561).map(x, 'é').join()")).isInstanceOf(Failed.class);
  }

  private static Evaluation message(String source) {
    return Cel.compiled(source, Cel.OBJECT, ResultType.MESSAGE).evaluate(NONE, Cel.budget());
  }

  @Test
  void aVariableIsAskedForOnceAndOnlyWhenItIsReached() {
    List<String> asked = new ArrayList<>();
    Variables variables =
        name -> {
          asked.add(name);
          return new Value(List.of(1, 2));
        };
    Declarations declarations =
        Declarations.none()
            .with("variables.used", Basic.DYNAMIC)
            .with("variables.unused", Basic.DYNAMIC);
    Expression expression =
        Cel.compiled(
            "variables.used.all(x, variables.used.size() == 2) || variables.unused",
            declarations,
            ResultType.BOOL);
    assertThat(expression.evaluate(variables, Cel.budget())).isEqualTo(new Value(true));
    assertThat(asked).containsExactly("variables.used");
  }

  @Test
  void aVariableThatFailsFailsWhatDependsOnIt() {
    Declarations declarations = Declarations.none().with("variables.bad", Basic.BOOL);
    Variables failing = name -> new Failed("variable 'bad' fails");
    Variables exceeding = name -> new ExceededBudget("variable 'bad' is too much");
    Expression dependent = Cel.compiled("variables.bad && true", declarations, ResultType.BOOL);
    Expression independent = Cel.compiled("variables.bad || true", declarations, ResultType.BOOL);
    assertThat(dependent.evaluate(failing, Cel.budget()))
        .isEqualTo(new Failed("variable 'bad' fails"));
    assertThat(independent.evaluate(failing, Cel.budget())).isEqualTo(new Value(true));
    assertThat(independent.evaluate(exceeding, Cel.budget()))
        .isEqualTo(new ExceededBudget("variable 'bad' is too much"));
  }

  @Test
  void anUndeclaredVariableOfANamespaceIsRefused() {
    Declarations declarations = Declarations.none().with("variables.small", Basic.INT);
    assertThat(Cel.refusal("variables.large == 1", declarations, ResultType.BOOL))
        .contains("variables");
    assertThat(Cel.refusal("variables.small == 'a'", declarations, ResultType.BOOL))
        .contains("no matching overload");
  }

  @Test
  void aVariableHasTheTypeOfTheExpressionThatItIs() {
    for (String source :
        List.of(
            "quantity('1k')",
            "ip('::1')",
            "url('/x')",
            "optional.of(1)",
            "semver('1.2.3')",
            "type(1)",
            "[1u]",
            "{1: 'a'}",
            "b'abc'",
            "timestamp(0)")) {
      Expression first = Cel.compiled(source);
      Declarations declarations = Declarations.none().with("variables.it", first.type());
      Evaluation value = first.evaluate(NONE, Cel.budget());
      Expression second = Cel.compiled("variables.it == " + source, declarations, ResultType.BOOL);
      assertThat(second.evaluate(name -> value, Cel.budget())).isEqualTo(new Value(true));
      assertThat(Cel.refusal("variables.it.nothing()", declarations, ResultType.ANY))
          .contains("nothing");
    }
  }

  @Test
  void aStructureHasItsFieldsAndNoOther() {
    Structure user =
        new Structure(
            "kubernetes.UserInfo",
            Map.of("username", Basic.STRING, "groups", new ListOf(Basic.STRING)));
    Structure request =
        new Structure(
            "kubernetes.AdmissionRequest",
            Map.of(
                "operation", Basic.STRING,
                "dryRun", Basic.BOOL,
                "options", Basic.DYNAMIC,
                "users", new MapOf(user),
                "userInfo", user));
    Declarations declarations = Declarations.none().with("request", request);
    Variables variables =
        name ->
            new Value(
                Cel.json(
                    """
                    {"operation": "CREATE", "users": {"x": {"username": "y"}},
                     "userInfo": {"username": "ada", "groups": ["a", "b"]}}
                    """));
    assertThat(
            Cel.compiled(
                    "request.operation == 'CREATE' && 'b' in request.userInfo.groups "
                        + "&& request.users['x'].username == 'y' && has(request.userInfo) "
                        + "&& !has(request.options) && request.userInfo.groups.all(g, g < 'c')",
                    declarations,
                    ResultType.BOOL)
                .evaluate(variables, Cel.budget()))
        .isEqualTo(new Value(true));
    assertThat(
            Cel.compiled("request.dryRun", declarations, ResultType.BOOL)
                .evaluate(variables, Cel.budget()))
        .isEqualTo(new Failed("no such key: dryRun"));
    assertThat(Cel.refusal("request.opration == ''", declarations, ResultType.BOOL))
        .contains("undefined field 'opration'");
    assertThat(Cel.refusal("has(request.userInfo.nme)", declarations, ResultType.BOOL))
        .contains("undefined field 'nme'");
    assertThat(Cel.refusal("request.operation == 1", declarations, ResultType.BOOL))
        .contains("no matching overload");
  }

  @Test
  void valuesArePlainJava() {
    assertThat(Cel.value("1")).isEqualTo(1L);
    assertThat(Cel.value("object.a", "{\"a\": 1}")).isEqualTo(1L);
    assertThat(Cel.value("object.a", "{\"a\": 1.5}")).isEqualTo(1.5);
    assertThat(Cel.value("object.a", "{\"a\": 18446744073709551616}")).isEqualTo(0x1p64);
    assertThat(Cel.value("object.a", "{\"a\": null}")).isNull();
    assertThat(Cel.value("object", "{\"a\": [1, {\"b\": \"c\"}]}"))
        .isEqualTo(Map.of("a", List.of(1L, Map.of("b", "c"))));
    assertThat(
            Cel.value(
                "[1, 'a', null].map(x, dyn(x))"
                    .replace("1, 'a', null", "dyn(1), dyn('a'), dyn(null)")))
        .isEqualTo(Arrays.asList(1L, "a", null));
    assertThat(Cel.value("timestamp('2024-01-01T00:00:00Z')"))
        .isEqualTo(Instant.parse("2024-01-01T00:00:00Z"));
    assertThat(Cel.value("duration('1h')")).isEqualTo(Duration.ofHours(1));
    assertThat(Cel.value("b'abc'")).isEqualTo(Bytes.utf8("abc"));
  }

  @Test
  void javaValuesAreTaken() {
    Declarations declarations = Declarations.none().with("v", Basic.DYNAMIC);
    Map<String, Object> value =
        Map.of(
            "i",
            1,
            "l",
            2L,
            "d",
            1.5,
            "s",
            "x",
            "b",
            true,
            "t",
            Instant.EPOCH,
            "list",
            List.of(1, List.of(2)),
            "bytes",
            Bytes.utf8("q"));
    assertThat(
            Cel.compiled(
                    "v.i == 1 && v.l == 2 && v.d == 1.5 && v.s == 'x' && v.b && v.t == timestamp(0)"
                        + " && v.list == [dyn(1), [2]] && v.bytes == b'q' && size(v) == 8",
                    declarations,
                    ResultType.BOOL)
                .evaluate(name -> new Value(value), Cel.budget()))
        .isEqualTo(new Value(true));
    assertThat(
            Cel.compiled("v == 1", declarations, ResultType.BOOL)
                .evaluate(name -> new Value(new Object()), Cel.budget()))
        .isInstanceOf(Failed.class);
  }

  @Test
  void severalEvaluationsSpendOneBudget() {
    Expression loop = Cel.compiled("lists.range(100).all(x, x >= 0)");
    Budget budget = new Budget(new Budget.Limits(2_000, 1_000_000, Duration.ofMinutes(1)), () -> 0);
    int done = 0;
    while (loop.evaluate(NONE, budget) instanceof Value) {
      done++;
    }
    assertThat(done).isBetween(1, 20);
    assertThat(budget.steps()).isZero();
    assertThat(loop.evaluate(NONE, budget)).isInstanceOf(ExceededBudget.class);
  }

  @Test
  void theEndOfTheTimeEndsTheEvaluation() {
    AtomicLong now = new AtomicLong();
    Budget.Limits limits = new Budget.Limits(1_000_000, 1_000_000, Duration.ofNanos(1_000));
    Expression loop = Cel.compiled("lists.range(1000).exists(x, x < 0) || true");
    assertThat(loop.evaluate(NONE, new Budget(limits, now::get))).isEqualTo(new Value(true));
    assertThat(loop.evaluate(NONE, new Budget(limits, () -> now.addAndGet(400))))
        .isEqualTo(new ExceededBudget("the expression takes longer than it may"));
  }

  @Test
  void interruptionEndsTheEvaluationAndStaysSet() {
    Expression loop = Cel.compiled("lists.range(1000).all(x, true)");
    Thread.currentThread().interrupt();
    Evaluation outcome = loop.evaluate(NONE, Cel.budget());
    assertThat(Thread.interrupted()).isTrue();
    assertThat(outcome).isEqualTo(new ExceededBudget("the evaluation was interrupted"));
  }

  @Test
  void oneExpressionIsEvaluatedByManyThreads() throws Exception {
    Expression expression =
        Cel.compiled(
            "object.n.map(x, x * 2).filter(x, x > 10).sum() == "
                + "object.n.filter(x, x > 5).map(x, x + x).sum() && "
                + "object.s.matches('^a+$') && object.n.transformMap(i, v, v).size() == 100");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Evaluation>> outcomes = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        String numbers = IntStream.range(i, i + 100).boxed().toList().toString();
        Variables variables = Cel.object("{\"s\": \"aaa\", \"n\": " + numbers + "}");
        Callable<Evaluation> task = () -> expression.evaluate(variables, Cel.budget());
        outcomes.add(threads.submit(task));
      }
      for (Future<Evaluation> outcome : outcomes) {
        assertThat(outcome.get()).isEqualTo(new Value(true));
      }
    }
  }

  @Test
  void manyThreadsCompileAtOnce() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Evaluation>> outcomes = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        String name = "v" + i;
        Declarations declarations = Declarations.none().with(name, Basic.INT);
        String source = name + " == " + i + " && [" + name + "].all(x, x == " + i + ")";
        long value = i;
        outcomes.add(
            threads.submit(
                () ->
                    Cel.compiled(source, declarations, ResultType.BOOL)
                        .evaluate(any -> new Value(value), Cel.budget())));
      }
      for (Future<Evaluation> outcome : outcomes) {
        assertThat(outcome.get()).isEqualTo(new Value(true));
      }
    }
  }

  @Test
  void aFailureIsOneShortLine() {
    assertThat(
            Cel.failure(
                "{'a': 1}['x\\ny' + object.a.replace('a', 'bbbbbbbbbb')]",
                "{\"a\": \"" + "a".repeat(10_000) + "\"}"))
        .hasSizeLessThan(1_100)
        .doesNotContain("\n");
  }
}
