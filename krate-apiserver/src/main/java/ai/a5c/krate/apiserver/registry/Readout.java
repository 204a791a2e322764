package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.apiserver.kind.Subresource;
import ai.a5c.krate.apiserver.wire.Query;
import java.time.Duration;

/**
 * A part of an object that is read as bytes rather than as a document: what a room brings for a
 * subresource such as a log.
 *
 * <p>Who may get it is decided before: by the verb get on the subresource, and by what the object
 * itself may be seen by. May be used from many threads at once.
 */
public interface Readout {
  /** What clients are told of it. */
  Subresource subresource();

  /**
   * Begins to read the part of one object.
   *
   * @param object as it is stored now; the caller may see it
   * @throws ai.a5c.krate.api.problem.ApiException BadRequest or Invalid if the query makes no sense
   *     for it
   */
  Reading open(ApiObject object, Query query);

  /** One reading, by one thread. */
  @FunctionalInterface
  interface Reading {
    /**
     * The next piece, at most 1 MiB.
     *
     * @param patience how long to wait for something at most
     * @throws IllegalStateException if what is read from is closed, or becomes so while waiting
     */
    Piece next(Duration patience) throws InterruptedException;
  }
}
