package ai.a5c.krate.api.problem;

import ai.a5c.krate.api.meta.GroupResource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes {@code v1 Status} of a failure. Open: a client may meet reasons that it does not
 * know.
 *
 * @param code the HTTP status code
 * @param reason what programs switch on
 * @param message one line for a person
 * @param details what it is about; null if nothing in particular
 */
public record Status(int code, String reason, String message, @Nullable Details details) {
  /**
   * What a failure is about.
   *
   * @param kind the plural resource, or for {@code Invalid} the kind
   * @param retryAfterSeconds 0 if waiting does not help
   */
  public record Details(
      String group, String kind, String name, List<Cause> causes, long retryAfterSeconds) {
    public Details {
      causes = List.copyOf(causes);
    }
  }

  /** One of several things that are wrong. */
  public record Cause(String reason, String message, String field) {}

  /** The one mapping from our refusals to the wire. */
  public static Status of(Problem problem) {
    return switch (problem) {
      case Problem.BadRequest p -> new Status(400, "BadRequest", p.message(), null);
      case Problem.Unauthorized p -> new Status(401, "Unauthorized", p.message(), null);
      case Problem.Forbidden p ->
          about(403, "Forbidden", p.message(), p.resource(), p.name(), p.causes());
      case Problem.NotFound p ->
          about(
              404,
              "NotFound",
              p.resource() + " \"" + p.name() + "\" not found",
              p.resource(),
              p.name(),
              List.of());
      case Problem.NoSuchPath p ->
          new Status(
              404,
              "NotFound",
              "the server could not find the requested resource: " + p.path(),
              null);
      case Problem.MethodNotAllowed p ->
          about(
              405,
              "MethodNotAllowed",
              p.verb() + " is not supported on resources of kind \"" + p.resource() + "\"",
              p.resource(),
              "",
              List.of());
      case Problem.NotAcceptable p ->
          new Status(
              406,
              "NotAcceptable",
              "only the following media types are accepted: " + String.join(", ", p.offered()),
              null);
      case Problem.AlreadyExists p ->
          about(
              409,
              "AlreadyExists",
              (p.terminating() ? "object is being deleted: " : "")
                  + p.resource()
                  + " \""
                  + p.name()
                  + "\" already exists",
              p.resource(),
              p.name(),
              List.of());
      case Problem.NoFreeName p ->
          new Status(
              409,
              "AlreadyExists",
              p.resource()
                  + " \""
                  + p.name()
                  + "\" already exists, the server was not able to"
                  + " generate a unique name for the object",
              new Details(p.resource().group(), p.resource().resource(), p.name(), List.of(), 1));
      case Problem.Conflict p ->
          about(
              409,
              "Conflict",
              "Operation cannot be fulfilled on "
                  + p.resource()
                  + " \""
                  + p.name()
                  + "\": "
                  + p.message(),
              p.resource(),
              p.name(),
              List.of());
      case Problem.Expired p -> new Status(410, "Expired", p.message(), null);
      case Problem.TooLarge p -> new Status(413, "RequestEntityTooLarge", p.message(), null);
      case Problem.UnsupportedMediaType p ->
          new Status(
              415,
              "UnsupportedMediaType",
              "the body of the request was in an unknown format - accepted media types include: "
                  + String.join(", ", p.accepted()),
              null);
      case Problem.Invalid p -> invalid(p);
      case Problem.Denied p -> denied(p);
      case Problem.TooManyRequests p ->
          new Status(429, "TooManyRequests", p.message(), retry(p.retryAfter().toSeconds()));
      case Problem.Internal p ->
          new Status(
              500,
              "InternalError",
              "Internal error occurred: the server's log has the details under request "
                  + p.requestId(),
              null);
      case Problem.Unavailable p ->
          new Status(503, "ServiceUnavailable", p.message(), retry(p.retryAfter().toSeconds()));
      // No retryAfterSeconds: clients would send the change again without looking.
      case Problem.OutcomeUnknown p -> new Status(504, "Timeout", p.message(), null);
      case Problem.Timeout p ->
          new Status(504, "Timeout", p.message(), new Details("", "", "", causes(p.causes()), 1));
    };
  }

  private static Status invalid(Problem.Invalid p) {
    String kind = p.group().isEmpty() ? p.kind() : p.kind() + "." + p.group();
    String errors =
        p.errors().stream()
            .map(e -> e.field().isEmpty() ? e.message() : e.field() + ": " + e.message())
            .collect(Collectors.joining(", ", "[", "]"));
    if (p.errors().size() == 1) {
      errors = errors.substring(1, errors.length() - 1);
    }
    return new Status(
        422,
        "Invalid",
        kind + " \"" + p.name() + "\" is invalid: " + errors,
        new Details(p.group(), p.kind(), p.name(), causes(p.errors()), 0));
  }

  private static Status denied(Problem.Denied p) {
    String name = p.name().isEmpty() ? "Unknown" : p.name();
    return new Status(
        p.reason().code(),
        p.reason().wireName(),
        p.resource() + " \"" + name + "\" is forbidden: " + String.join("; ", p.objections()),
        new Details(
            p.resource().group(),
            p.resource().resource(),
            name,
            p.objections().stream().map(objection -> new Cause("", objection, "")).toList(),
            0));
  }

  private static Status about(
      int code,
      String reason,
      String message,
      GroupResource resource,
      String name,
      List<FieldError> causes) {
    return new Status(
        code,
        reason,
        message,
        new Details(resource.group(), resource.resource(), name, causes(causes), 0));
  }

  private static Details retry(long seconds) {
    return new Details("", "", "", List.of(), Math.max(1, seconds));
  }

  private static List<Cause> causes(List<FieldError> errors) {
    List<Cause> causes = new ArrayList<>();
    for (FieldError error : errors) {
      causes.add(new Cause(error.reason().wireName(), error.message(), error.field()));
    }
    return causes;
  }
}
