package ai.a5c.krate.spi.token;

/** The keys of the token service cannot be used; the message says why and what to do. */
public final class TokenKeysException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TokenKeysException(String message, Throwable cause) {
    super(message, cause);
  }

  public TokenKeysException(String message) {
    super(message);
  }
}
