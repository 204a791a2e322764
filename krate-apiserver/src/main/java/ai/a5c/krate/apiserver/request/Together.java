package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import java.util.List;

/** What became of objects that were to be written together: all of them were, or none. */
public sealed interface Together {
  /** The index of no object. */
  int NONE = -1;

  /**
   * What became of each object.
   *
   * @throws ApiException if nothing was written
   */
  List<Written> orThrow();

  /**
   * All are written.
   *
   * @param written what became of each, in the order in which they were handed in
   */
  record Done(List<Written> written) implements Together {
    public Done {
      written = List.copyOf(written);
    }

    @Override
    public List<Written> orThrow() {
      return written;
    }
  }

  /**
   * Nothing is written.
   *
   * @param index of the object because of which; {@link #NONE} if no single one is to blame
   * @param problem why, in the words for that object
   */
  record Refused(int index, Problem problem) implements Together {
    @Override
    public List<Written> orThrow() {
      throw new ApiException(problem);
    }
  }
}
