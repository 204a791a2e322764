package ai.a5c.krate.api.config;

/** Who may see a repository. */
public enum Visibility {
  /** Only those with a role in the repository or its organization. */
  PRIVATE,
  /** Everybody who is authenticated. */
  INTERNAL,
  /** Everybody. */
  PUBLIC
}
