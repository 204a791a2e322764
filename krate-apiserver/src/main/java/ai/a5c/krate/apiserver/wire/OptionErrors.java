package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What is wrong with the options of one request, refused all at once. */
final class OptionErrors {
  private final String kind;
  private final List<FieldError> errors = new ArrayList<>();

  /**
   * None yet.
   *
   * @param kind of the options, in the group {@code meta.k8s.io}: ListOptions, DeleteOptions ...
   */
  OptionErrors(String kind) {
    this.kind = kind;
  }

  void forbidden(String field, String detail) {
    errors.add(FieldError.forbidden(field, detail));
  }

  void invalid(String field, Object value, String detail) {
    errors.add(FieldError.invalid(field, value, detail));
  }

  void notSupported(String field, String value, List<String> supported) {
    String values = supported.stream().map(v -> "\"" + v + "\"").collect(Collectors.joining(", "));
    errors.add(
        new FieldError(
            FieldError.Reason.NOT_SUPPORTED,
            field,
            "Unsupported value: \"" + value + "\": supported values: " + values));
  }

  /**
   * Returns if nothing is wrong.
   *
   * @throws ApiException Invalid otherwise
   */
  void check() {
    if (!errors.isEmpty()) {
      throw new ApiException(new Problem.Invalid("meta.k8s.io", kind, "", errors));
    }
  }
}
