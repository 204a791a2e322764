package ai.a5c.krate.spi.token;

/** What a token is good for, and where one is shown. */
public enum Audience {
  /** The API; a token that is good for it is good for Git, too. */
  API,
  /** Git alone. */
  GIT
}
