package ai.a5c.krate.server;

/**
 * Where Git clients knock.
 *
 * <p>Called on a virtual thread, from many at once, before any of the request's body is read.
 */
@FunctionalInterface
public interface GitEntrance {
  /**
   * Decides whether the caller may use the service of the repository, without telling apart what is
   * hidden and missing.
   */
  GitAnswer open(GitRequest request);
}
