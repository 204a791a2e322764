package ai.a5c.krate.api.problem;

/**
 * What is wrong with one field, as Kubernetes' {@code StatusCause} says it.
 *
 * @param reason of the closed list of apimachinery's {@code field.ErrorType}
 * @param field the path, such as {@code spec.events[0]}; empty for the object as a whole
 * @param message one line, with the value that was refused and the way out
 */
public record FieldError(Reason reason, String field, String message) {
  /** Why a field was refused. */
  public enum Reason {
    REQUIRED("FieldValueRequired"),
    INVALID("FieldValueInvalid"),
    NOT_SUPPORTED("FieldValueNotSupported"),
    DUPLICATE("FieldValueDuplicate"),
    TOO_LONG("FieldValueTooLong"),
    TOO_MANY("FieldValueTooMany"),
    TYPE_INVALID("FieldValueTypeInvalid"),
    FORBIDDEN("FieldValueForbidden"),
    NOT_FOUND("FieldValueNotFound"),
    NAMESPACE_TERMINATING("NamespaceTerminating"),
    RESOURCE_VERSION_TOO_LARGE("ResourceVersionTooLarge");

    private final String wireName;

    Reason(String wireName) {
      this.wireName = wireName;
    }

    /** The spelling of {@code StatusCause.reason}. */
    public String wireName() {
      return wireName;
    }
  }

  public static FieldError required(String field, String detail) {
    return new FieldError(Reason.REQUIRED, field, "Required value" + suffix(detail));
  }

  public static FieldError invalid(String field, Object value, String detail) {
    return new FieldError(
        Reason.INVALID, field, "Invalid value: " + quoted(value) + suffix(detail));
  }

  public static FieldError forbidden(String field, String detail) {
    return new FieldError(Reason.FORBIDDEN, field, "Forbidden" + suffix(detail));
  }

  public static FieldError notFound(String field, Object value) {
    return new FieldError(Reason.NOT_FOUND, field, "Not found: " + quoted(value));
  }

  private static String suffix(String detail) {
    return detail.isEmpty() ? "" : ": " + detail;
  }

  private static String quoted(Object value) {
    return value instanceof CharSequence ? "\"" + value + "\"" : String.valueOf(value);
  }
}
