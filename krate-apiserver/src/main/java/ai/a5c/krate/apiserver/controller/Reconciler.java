package ai.a5c.krate.apiserver.controller;

import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.spi.storage.Change;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Brings objects of a kind to where they should be, from what is stored now: it acts on levels, and
 * is told of changes only so that it knows where to look.
 */
public interface Reconciler {
  /** For threads and log lines: {@code namespaces}. */
  String name();

  /** The kind whose objects are reconciled; all of them once at the start. */
  Kind kind();

  /**
   * The objects to look at because of a change; of any kind or ref, on both sides of the storage
   * boundary.
   */
  List<ObjectName> affected(Change change);

  /**
   * Looks at one object, which may be gone by now. Called by one thread at a time for an object; a
   * failure is tried again later.
   *
   * @return when to look again without a change, if ever
   */
  Optional<Duration> reconcile(ObjectName name) throws InterruptedException;
}
