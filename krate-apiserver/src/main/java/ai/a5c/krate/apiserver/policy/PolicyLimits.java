package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.spi.expression.Budget.Limits;
import java.time.Duration;

/**
 * What policies may cost. Steps follow Kubernetes' cost limits.
 *
 * @param expression one evaluation of one expression, the variables that it is the first to ask for
 *     included
 * @param conditions all match conditions of one policy
 * @param binding all other expressions of one policy for one binding, whatever the number of its
 *     parameters
 * @param request the time of all policies for one request; the rest of them fails after it
 */
public record PolicyLimits(Limits expression, Limits conditions, Limits binding, Duration request) {
  private static final long MEBIBYTE = 1024 * 1024;

  /** Those of production. */
  public static final PolicyLimits STANDARD =
      new PolicyLimits(
          new Limits(1_000_000, 16 * MEBIBYTE, Duration.ofMillis(500)),
          new Limits(2_500_000, 32 * MEBIBYTE, Duration.ofSeconds(1)),
          new Limits(10_000_000, 64 * MEBIBYTE, Duration.ofSeconds(1)),
          Duration.ofSeconds(3));
}
