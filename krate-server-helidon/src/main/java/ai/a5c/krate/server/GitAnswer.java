package ai.a5c.krate.server;

import java.time.Duration;

/** What a Git client is told at the door. */
public sealed interface GitAnswer {
  /** The client may go on. */
  record Open(GitSession session) implements GitAnswer {}

  /**
   * Nobody we know: 401, and the client asks its user for a password.
   *
   * @param message one line that Git shows to its user
   */
  record Unauthorized(String message) implements GitAnswer {}

  /** There is no such repository, or none that the caller may know of: 404. */
  record NotFound() implements GitAnswer {}

  /**
   * The caller may see the repository but not do this: 403.
   *
   * @param message one line that Git shows to its user
   */
  record Forbidden(String message) implements GitAnswer {}

  /**
   * Not now, through no fault of the caller: 503.
   *
   * @param message one line that Git shows to its user
   */
  record Unavailable(String message, Duration retryAfter) implements GitAnswer {}
}
