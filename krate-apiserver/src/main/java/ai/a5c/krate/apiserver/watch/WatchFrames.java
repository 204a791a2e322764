package ai.a5c.krate.apiserver.watch;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.Status;
import ai.a5c.krate.spi.storage.StoredObject;

/** The form in which a watch writes its events: one JSON object a line. Used by one thread. */
public interface WatchFrames {
  /** An event about an object, as it was stored. */
  Bytes event(EventType type, StoredObject object);

  /**
   * Says that everything up to the revision was given; {@code initial} ends the events of the
   * initial state.
   */
  Bytes bookmark(Revision revision, boolean initial);

  /** Says why the watch ends. */
  Bytes error(Status status);

  /** Logs what broke the watch, and says that something did. */
  Bytes fault(RuntimeException fault);

  /** What happened to an object, as the watcher sees it. */
  enum EventType {
    ADDED,
    MODIFIED,
    DELETED
  }
}
