package ai.a5c.krate.server;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * One thing that health depends on.
 *
 * @param name lower-case words joined by dashes: {@code database}
 * @param kind what its failure means
 * @param trouble empty while all is well, otherwise a line that anybody may read: it names no
 *     hosts. Answers quickly, may be called from many threads at once; what it throws counts as
 *     trouble
 */
public record HealthCheck(String name, Kind kind, Supplier<Optional<String>> trouble) {
  /** What the failure of a check means. */
  public enum Kind {
    /** The process must be started anew. */
    LIVE,
    /** No requests should come here now. */
    READY
  }
}
