package ai.a5c.krate.apiserver.authn;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.spi.token.Audience;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the token in the Authorization header of a request (RFC 6750, RFC 7617). */
final class Credentials {
  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";

  private Credentials() {}

  /**
   * The token that the request shows: as a bearer token or, where Git knocks, as the password of
   * whatever user name. Empty if it shows nothing.
   *
   * @throws ApiException with {@link Problem.Unauthorized} if it shows something else
   */
  static Optional<Secret> token(Headers headers, Audience where) {
    List<String> shown = headers.all("Authorization");
    if (shown.isEmpty()) {
      return Optional.empty();
    }
    if (shown.size() > 1) {
      throw refused("there is more than one Authorization header");
    }
    String header = shown.getFirst().strip();
    String scheme = header.toLowerCase(Locale.ROOT);
    if (scheme.startsWith(BEARER)) {
      return Optional.of(Secret.of(header.substring(BEARER.length()).strip()));
    }
    if (scheme.startsWith(BASIC) && where == Audience.GIT) {
      return Optional.of(password(header.substring(BASIC.length()).strip()));
    }
    throw refused(
        where == Audience.GIT
            ? "a token is wanted, as the password or as a bearer token"
            : "a bearer token or a client certificate is wanted");
  }

  private static Secret password(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      if (colon >= 0) {
        return Secret.of(pair.substring(colon + 1));
      }
    } catch (IllegalArgumentException e) {
      // What follows is the answer to both faults, and says nothing of the content.
    }
    throw refused("the Authorization header is malformed");
  }

  private static ApiException refused(String message) {
    return new ApiException(new Problem.Unauthorized(message));
  }
}
