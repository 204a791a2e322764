package ai.a5c.krate.api.config;

/** Who may read a repository without a grant of his own. */
public enum Visibility {
  /** Nobody. */
  PRIVATE,
  /** Everybody who is authenticated. */
  INTERNAL,
  /** Everybody, the anonymous too. */
  PUBLIC
}
