package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;

/** A kind whose objects are questions: created, answered, and never stored. */
public interface Review {
  Kind kind();

  /** The object with its status answered. */
  ApiObject answer(Subject subject, ApiObject asked);
}
