package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.ObjectMetaValidation;
import ai.a5c.krate.apiserver.kind.SchemaValidation;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.util.ArrayList;
import java.util.List;

/** Whether objects are well formed. */
final class Form {
  private Form() {}

  /** What is wrong with the object by its declaration alone; the list is the caller's to add to. */
  static List<FieldError> errors(Kind kind, Proposal proposal, ApiObject object) {
    ApiObject old = proposal.old();
    List<FieldError> errors = new ArrayList<>(ObjectMetaValidation.errors(kind, object.json()));
    errors.addAll(SchemaValidation.errors(kind, object.json()));
    if (old != null && proposal.context().onStatus()) {
      errors.addAll(SchemaValidation.serverOwnedChanges(kind, old.json(), object.json()));
    }
    if (old != null) {
      errors.addAll(ObjectMetaValidation.changes(old.json(), object.json()));
      errors.addAll(SchemaValidation.changes(kind, old.json(), object.json()));
    }
    return errors;
  }

  /**
   * Refuses an object with errors.
   *
   * @throws ApiException that names them all
   */
  static void require(Kind kind, ApiObject object, List<FieldError> errors) {
    if (!errors.isEmpty()) {
      throw new ApiException(
          new Problem.Invalid(kind.group(), kind.name(), object.shownName(), errors));
    }
  }
}
