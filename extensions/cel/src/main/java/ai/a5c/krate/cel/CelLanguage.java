package ai.a5c.krate.cel;

import ai.a5c.krate.cel.evaluation.Planner;
import ai.a5c.krate.cel.evaluation.Program;
import ai.a5c.krate.cel.library.Libraries;
import ai.a5c.krate.spi.expression.Compilation;
import ai.a5c.krate.spi.expression.Compilation.Compiled;
import ai.a5c.krate.spi.expression.Compilation.InvalidExpression;
import ai.a5c.krate.spi.expression.Declarations;
import ai.a5c.krate.spi.expression.ExpressionLanguage;
import ai.a5c.krate.spi.expression.ResultType;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;

/**
 * CEL as Kubernetes has it. Parsing, checking and planning end in bounded time: the length, the
 * depth and the number of parts of a source are bounded before it is checked.
 */
public final class CelLanguage implements ExpressionLanguage {
  /** The most characters a source has. */
  public static final int LONGEST_SOURCE = 32_768;

  /** The most parts an expression has after its macros were expanded. */
  public static final int MOST_PARTS = 20_000;

  /** How deep an expression nests at most, as it is written. */
  public static final int DEEPEST = 200;

  private final Libraries libraries = new Libraries();
  private final Cel base = base(libraries);

  @Override
  public String name() {
    return "cel";
  }

  @Override
  public Compilation compile(String source, Declarations declarations, ResultType result) {
    if (source.length() > LONGEST_SOURCE) {
      return Faults.ofWhole("an expression has at most " + LONGEST_SOURCE + " characters");
    }
    try {
      return compile(source, new Environment(declarations), result);
    } catch (StackOverflowError e) {
      return Faults.ofWhole("the expression nests too deeply");
    }
  }

  private Compilation compile(String source, Environment environment, ResultType result) {
    CelBuilder builder = base.toCelBuilder();
    environment.addTo(builder);
    Cel cel = builder.build();
    CelValidationResult parsed = cel.parse(source);
    if (parsed.hasError()) {
      return Faults.of(parsed.getErrors());
    }
    try {
      CelAbstractSyntaxTree tree = parsed.getAst();
      String refusal = Shape.refusal(tree.getExpr());
      if (!refusal.isEmpty()) {
        return Faults.ofWhole(refusal);
      }
      CelValidationResult checked = cel.check(tree);
      return checked.hasError()
          ? Faults.of(checked.getErrors())
          : plan(checked.getAst(), environment, result);
    } catch (CelValidationException e) {
      return Faults.of(e.getErrors());
    }
  }

  private Compilation plan(CelAbstractSyntaxTree tree, Environment environment, ResultType wanted) {
    if (!Results.fits(tree.getResultType(), wanted)) {
      return Faults.ofWhole(
          "must evaluate to "
              + Results.describe(wanted)
              + " but got "
              + Results.describe(tree.getResultType()));
    }
    try {
      Program program = Planner.plan(tree, libraries.functions(), libraries, environment.names());
      return new Compiled(
          new CelExpression(program, environment.typeOf(tree.getResultType()), wanted));
    } catch (Planner.NotServedException e) {
      return new InvalidExpression(Faults.at(tree, e));
    }
  }

  private static Cel base(Libraries libraries) {
    return CelFactory.plannerCelBuilder()
        .setOptions(options())
        .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
        .addMacros(SortBy.macro())
        .addCompilerLibraries(CelExtensions.optional(), CelExtensions.comprehensions())
        .addFunctionDeclarations(libraries.declarations())
        .build();
  }

  // Kubernetes has the rule on literals in its checker, and not after it as the newer way has it.
  @SuppressWarnings("deprecation")
  private static CelOptions options() {
    return CelOptions.current()
        .enableHeterogeneousNumericComparisons(true)
        .enableHomogeneousLiterals(true)
        .enableOptionalSyntax(true)
        .maxExpressionCodePointSize(LONGEST_SOURCE)
        .maxParseExpressionNodeCount(MOST_PARTS)
        .maxParseRecursionDepth(DEEPEST)
        .build();
  }
}
