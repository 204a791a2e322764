package ai.a5c.krate.benchmarks;

import org.jspecify.annotations.Nullable;

/** A benchmark could not be run to its end, so that it has no figure; the message says why. */
final class BenchmarkFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BenchmarkFailedException(String message) {
    super(message);
  }

  BenchmarkFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
