package ai.a5c.krate.api.config;

/** How far the code of a pipeline is trusted; the server alone derives it. */
public enum TrustTier {
  /** Code that somebody with the right to push put on a branch or tag of the repository. */
  TRUSTED,
  /** Any other code: of forks, of pull request refs, of commits that no branch or tag reaches. */
  UNTRUSTED
}
