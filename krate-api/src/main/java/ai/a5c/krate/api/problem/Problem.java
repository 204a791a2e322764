package ai.a5c.krate.api.problem;

import ai.a5c.krate.api.meta.GroupResource;
import java.time.Duration;
import java.util.List;

/**
 * Why a caller is refused: a closed set, each mapped once to a Kubernetes Status by {@link
 * Status#of}.
 *
 * <p>Messages name the object and the way out, never SQL, hosts or stack traces.
 */
public sealed interface Problem {
  /** The request cannot be understood. */
  record BadRequest(String message) implements Problem {}

  /** Nobody we know is asking. */
  record Unauthorized(String message) implements Problem {}

  /**
   * The caller may not do this, whether or not the object exists.
   *
   * @param name empty for a collection
   */
  record Forbidden(GroupResource resource, String name, String message, List<FieldError> causes)
      implements Problem {
    public Forbidden {
      causes = List.copyOf(causes);
    }
  }

  /** There is no such object, or none that the caller may know of. */
  record NotFound(GroupResource resource, String name) implements Problem {}

  /** There is no such path. */
  record NoSuchPath(String path) implements Problem {}

  /** The object exists, but not this way of using it. */
  record MethodNotAllowed(GroupResource resource, String verb) implements Problem {}

  /** No form that the client accepts can be given. */
  record NotAcceptable(List<String> offered) implements Problem {
    public NotAcceptable {
      offered = List.copyOf(offered);
    }
  }

  /** The name is taken. */
  record AlreadyExists(GroupResource resource, String name, boolean terminating)
      implements Problem {}

  /** Every name that was drawn for {@code generateName} is taken; asking again draws others. */
  record NoFreeName(GroupResource resource, String name) implements Problem {}

  /** The caller wrote against something that is no longer so. */
  record Conflict(GroupResource resource, String name, String message) implements Problem {}

  /** The revision that was asked for is no longer in history. */
  record Expired(String message, String continueToken) implements Problem {}

  /** The body, or what it unfolds to, is larger than the limit that the message names. */
  record TooLarge(String message) implements Problem {}

  /** The body's media type is not understood here. */
  record UnsupportedMediaType(String mediaType, List<String> accepted) implements Problem {
    public UnsupportedMediaType {
      accepted = List.copyOf(accepted);
    }
  }

  /**
   * The object's content is refused.
   *
   * @param group of the kind
   * @param kind in CamelCase
   * @param name as far as it is known; the prefix of a name that is yet to be made
   * @param errors at least one
   */
  record Invalid(String group, String kind, String name, List<FieldError> errors)
      implements Problem {
    public Invalid {
      errors = List.copyOf(errors);
      if (errors.isEmpty()) {
        throw new IllegalArgumentException("an invalid object has at least one error");
      }
    }
  }

  /**
   * A rule about what may be written speaks against it.
   *
   * @param name as far as it is known; the prefix of a name that is yet to be made
   * @param reason of the first objection
   * @param objections at least one, a line each
   * @param warnings said beside the refusal, a line each
   */
  record Denied(
      GroupResource resource,
      String name,
      Reason reason,
      List<String> objections,
      List<String> warnings)
      implements Problem {
    public Denied {
      objections = List.copyOf(objections);
      warnings = List.copyOf(warnings);
      if (objections.isEmpty()) {
        throw new IllegalArgumentException("a denial has at least one objection");
      }
    }

    /** How a denial is classified, in Kubernetes' words. */
    public enum Reason {
      UNAUTHORIZED(401, "Unauthorized"),
      FORBIDDEN(403, "Forbidden"),
      TOO_LARGE(413, "RequestEntityTooLarge"),
      INVALID(422, "Invalid");

      private final int code;
      private final String wireName;

      Reason(int code, String wireName) {
        this.code = code;
        this.wireName = wireName;
      }

      /** The HTTP status code. */
      public int code() {
        return code;
      }

      /** The spelling of the Status' reason. */
      public String wireName() {
        return wireName;
      }
    }
  }

  /** The caller must wait. */
  record TooManyRequests(String message, Duration retryAfter) implements Problem {}

  /** Something broke; the log has it under the request id. */
  record Internal(String requestId) implements Problem {}

  /** Something that Krate needs cannot be reached; nothing was changed. */
  record Unavailable(String message, Duration retryAfter) implements Problem {}

  /**
   * The connection to the store was lost while it committed: all of the change is there, or
   * nothing.
   */
  record OutcomeUnknown(String message) implements Problem {}

  /** The request took too long, and changed nothing. */
  record Timeout(String message, List<FieldError> causes) implements Problem {
    public Timeout {
      causes = List.copyOf(causes);
    }
  }
}
