package ai.a5c.krate.cel;

import ai.a5c.krate.cel.evaluation.Meter;
import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.Program;
import ai.a5c.krate.cel.evaluation.Spent;
import ai.a5c.krate.cel.library.Libraries;
import ai.a5c.krate.spi.expression.Budget;
import ai.a5c.krate.spi.expression.Evaluation;
import ai.a5c.krate.spi.expression.Expression;
import ai.a5c.krate.spi.expression.ResultType;
import ai.a5c.krate.spi.expression.ValueType;
import ai.a5c.krate.spi.expression.Variables;

/** A compiled expression. */
record CelExpression(Program program, ValueType type, ResultType wanted) implements Expression {
  @Override
  public Evaluation evaluate(Variables variables, Budget budget) {
    try {
      Object value = program.evaluate(name -> imported(variables.resolve(name)), new Meter(budget));
      return Results.of(value, wanted);
    } catch (NoValue e) {
      return new Evaluation.Failed(e.why());
    } catch (Spent e) {
      return new Evaluation.ExceededBudget(e.bound());
    } catch (StackOverflowError e) {
      return new Evaluation.ExceededBudget("the expression makes values that nest too deeply");
    } catch (OutOfMemoryError e) {
      return new Evaluation.ExceededBudget("the expression makes larger values than there is room");
    }
  }

  private static Evaluation imported(Evaluation resolved) {
    return resolved instanceof Evaluation.Value(var value)
        ? new Evaluation.Value(Libraries.imported(value))
        : resolved;
  }
}
