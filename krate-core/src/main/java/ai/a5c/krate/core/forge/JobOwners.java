package ai.a5c.krate.core.forge;

import ai.a5c.krate.apiserver.authz.Grants;

/**
 * The two subjects that write Jobs: one makes them and says when they wait for a runner, the other
 * says what became of them.
 */
public final class JobOwners {
  /** Who makes the Jobs of a Pipeline, and ends those that do not run. */
  public static final String PIPELINES = Grants.PREFIX + "pipelines";

  /** Who claims, runs and finishes them. */
  public static final String RUNNERS = Grants.PREFIX + "runners";

  private JobOwners() {}
}
