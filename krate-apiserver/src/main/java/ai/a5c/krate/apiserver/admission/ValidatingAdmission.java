package ai.a5c.krate.apiserver.admission;

import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;

/** May refuse what is about to be committed, and cannot change it. */
@FunctionalInterface
public interface ValidatingAdmission {
  /** What is to be said of it; refuses by the verdict's objections. */
  Verdict review(Admission asked);

  /**
   * Told of every object that a request has written through this server, before the request is
   * answered; others are in the change log.
   *
   * @param object as it is stored; after its removal, as it was last shown, at the revision of its
   *     removal
   */
  default void committed(Kind kind, ApiObject object, boolean removed) {}
}
