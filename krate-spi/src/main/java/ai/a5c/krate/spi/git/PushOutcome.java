package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.RefName;
import java.util.Map;

/**
 * What became of the updates of a push. An update without an objection has been committed durably.
 *
 * @param objections why a ref did not move, in one line for the person who pushed
 */
public record PushOutcome(Map<RefName, String> objections) {
  public PushOutcome {
    objections = Map.copyOf(objections);
  }
}
