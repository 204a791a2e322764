package ai.a5c.krate.api.problem;

/**
 * Carries a refusal to the edge, which answers with its Status. Thrown by the engine, never by an
 * SPI.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public ApiException(Problem problem) {
    super(Status.of(problem).message(), null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
