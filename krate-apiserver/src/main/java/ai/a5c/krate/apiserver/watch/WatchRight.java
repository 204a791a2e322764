package ai.a5c.krate.apiserver.watch;

import ai.a5c.krate.api.problem.Problem;
import java.util.Optional;

/** Whether who watches still may. Asked now and then by the thread that reads the watch. */
@FunctionalInterface
public interface WatchRight {
  /** Why the watch ends now; empty if it goes on. */
  Optional<Problem> lost();
}
