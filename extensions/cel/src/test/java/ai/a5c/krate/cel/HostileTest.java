package ai.a5c.krate.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ai.a5c.krate.spi.expression.Budget;
import ai.a5c.krate.spi.expression.Compilation;
import ai.a5c.krate.spi.expression.Compilation.Compiled;
import ai.a5c.krate.spi.expression.Evaluation;
import ai.a5c.krate.spi.expression.ResultType;
import ai.a5c.krate.spi.expression.Variables;
import com.sun.management.ThreadMXBean;
import jakarta.json.JsonObject;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HostileTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final JsonObject OBJECT = Hostile.object();
  private static final Variables VARIABLES = name -> new Evaluation.Value(OBJECT);
  private static final Budget.Limits LIMITS =
      new Budget.Limits(1_000_000, 10_000_000, Duration.ofSeconds(20));
  private static final Duration FUSE = Duration.ofSeconds(20);
  private static final long MOST_BYTES = 500_000_000;

  static List<String> expressions() {
    return Hostile.expressions();
  }

  @ParameterizedTest
  @MethodSource("expressions")
  void anExpressionEndsInBoundedTimeAndMemory(String source) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    long start = THREADS.getCurrentThreadCpuTime();
    assertThatCode(() -> outcome(source)).doesNotThrowAnyException();
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_BYTES);
    assertThat(Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - start)).isLessThan(FUSE);
  }

  /** In time of the processor, so that what else the machine does has no part in it. */
  @ParameterizedTest
  @MethodSource("expressions")
  void anExpressionEndsSoonAfterItsTime(String source) {
    Budget.Limits shortly =
        new Budget.Limits(Long.MAX_VALUE / 2, 100_000_000, Duration.ofMillis(200));
    if (Cel.LANGUAGE.compile(source, Cel.OBJECT, ResultType.ANY)
        instanceof Compiled(var expression)) {
      long start = THREADS.getCurrentThreadCpuTime();
      Budget budget = new Budget(shortly, THREADS::getCurrentThreadCpuTime);
      assertThat(expression.evaluate(VARIABLES, budget)).isNotNull();
      assertThat(Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - start))
          .isLessThan(Duration.ofMillis(1_200));
    }
  }

  @Test
  void whatLoopsOrGrowsWithoutEndIsStoppedByItsBudget() {
    assertThat(
            List.of(
                "object.thousand.all(a, object.thousand.all(b, a + b >= 0))",
                "[[1]]" + ".map(x, x + x)".repeat(40) + "[0].size() == 0"))
        .allSatisfy(
            source -> assertThat(outcome(source)).isInstanceOf(Evaluation.ExceededBudget.class));
  }

  @Test
  void theWholeCorpusFitsIntoASmallHeap(@TempDir Path folder) throws Exception {
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xss512k",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                HostileTest.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(new File(log.toString()))
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as("see %s", log).isZero();
      assertThat(log).content().contains("all " + Hostile.expressions().size() + " ended");
    } finally {
      process.destroyForcibly();
    }
  }

  /** Evaluates the corpus, each expression on a platform and on a virtual thread. */
  public static void main(String[] arguments) throws InterruptedException {
    int ended = 0;
    for (String source : Hostile.expressions()) {
      Thread virtual = Thread.ofVirtual().start(() -> outcome(source));
      virtual.join();
      outcome(source);
      ended++;
    }
    System.out.println("all " + ended + " ended");
  }

  private static Object outcome(String source) {
    return switch (Cel.LANGUAGE.compile(source, Cel.OBJECT, ResultType.ANY)) {
      case Compilation.InvalidExpression invalid -> invalid;
      case Compiled(var expression) ->
          expression.evaluate(VARIABLES, new Budget(LIMITS, System::nanoTime));
    };
  }
}
