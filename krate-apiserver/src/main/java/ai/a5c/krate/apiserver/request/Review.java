package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.util.List;

/** A kind whose objects are questions: created, answered, and never stored. */
public interface Review {
  Kind kind();

  /**
   * Whether every answer and every refusal is written to the audit trail, because the answer is
   * worth something, such as a credential. What was asked is written, without its status; the
   * answer is not, and is given only once the entry is durable.
   */
  default boolean audited() {
    return false;
  }

  /** What is wrong with the question that its schema cannot say. */
  default List<FieldError> errors(Subject subject, ApiObject asked) {
    return List.of();
  }

  /**
   * The further rights that a question without errors asks of the subject; decided by the same
   * authorizer.
   */
  default List<Attributes> rights(Subject subject, ApiObject asked) {
    return List.of();
  }

  /** The object with its status answered. */
  ApiObject answer(Subject subject, ApiObject asked);
}
