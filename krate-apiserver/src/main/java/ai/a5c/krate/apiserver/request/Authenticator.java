package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.authz.Grants;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Finds out who makes a request. Blocks, and is called from many threads at once. */
@FunctionalInterface
public interface Authenticator {
  /**
   * The subject; {@link Subject#ANONYMOUS} if the request claims nothing.
   *
   * @throws ApiException with {@link Problem.Unauthorized} if it claims something that does not
   *     hold
   */
  Subject authenticate(Caller caller);

  /**
   * When the credential of a caller ends that {@link #authenticate} believed, if that is known:
   * what goes on for longer than a request, such as a watch, ends then.
   */
  default Optional<Instant> expires(Caller caller) {
    return Optional.empty();
  }

  /** Takes what the transport verified, and refuses credentials that nobody here can check. */
  static Authenticator transport() {
    return caller -> {
      boolean bearer =
          caller
              .headers()
              .first("Authorization")
              .orElse("")
              .toLowerCase(Locale.ROOT)
              .startsWith("bearer ");
      if (bearer) {
        throw new ApiException(
            new Problem.Unauthorized(
                "this server accepts client certificates only, not bearer tokens"));
      }
      // A certificate may say anything; these names are for subjects inside this process alone.
      if (!caller.address().isEmpty() && caller.verified().name().startsWith(Grants.PREFIX)) {
        throw new ApiException(
            new Problem.Unauthorized("names that begin with " + Grants.PREFIX + " are reserved"));
      }
      return caller.verified();
    };
  }
}
