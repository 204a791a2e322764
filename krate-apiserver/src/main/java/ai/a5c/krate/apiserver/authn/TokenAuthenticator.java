package ai.a5c.krate.apiserver.authn;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.spi.token.TokenService;
import ai.a5c.krate.spi.token.Verification;
import java.time.Instant;
import java.util.Optional;

/**
 * Takes what the transport verified, or else the token that the request shows. Who shows a token
 * that does not hold is refused, whatever else he has; who shows nothing is anonymous.
 */
public final class TokenAuthenticator implements Authenticator {
  private final Authenticator transport = Authenticator.transport();
  private final TokenService tokens;

  public TokenAuthenticator(TokenService tokens) {
    this.tokens = tokens;
  }

  @Override
  public Subject authenticate(Caller caller) {
    Subject verified = verified(caller);
    Optional<Secret> shown = Credentials.token(caller.headers(), caller.where());
    if (shown.isEmpty()) {
      return verified;
    }
    return switch (tokens.verify(shown.get(), caller.where())) {
      case Verification.Verified(Subject subject, var expires) ->
          verified.equals(Subject.ANONYMOUS) ? subject : verified;
      case Verification.Refused(String reason) ->
          throw new ApiException(new Problem.Unauthorized(reason));
    };
  }

  /** A token that was shown and believed ends; what a transport verified is not said to. */
  @Override
  public Optional<Instant> expires(Caller caller) {
    Optional<Secret> shown = Credentials.token(caller.headers(), caller.where());
    if (shown.isEmpty() || !verified(caller).equals(Subject.ANONYMOUS)) {
      return Optional.empty();
    }
    return switch (tokens.verify(shown.get(), caller.where())) {
      case Verification.Verified(var subject, Instant expires) -> Optional.of(expires);
      case Verification.Refused refused -> Optional.of(Instant.MIN);
    };
  }

  private Subject verified(Caller caller) {
    return transport.authenticate(new Caller(caller.verified(), caller.address(), Headers.NONE));
  }
}
