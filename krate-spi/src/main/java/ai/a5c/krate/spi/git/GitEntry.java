package ai.a5c.krate.spi.git;

import java.util.Optional;

/** The way to the repositories of a forge, as one subject has it. May be used by many threads. */
@FunctionalInterface
public interface GitEntry {
  /**
   * Asks to be let in for one request.
   *
   * @param organization name of the organization
   * @param repository name of the repository, without {@code .git}
   * @return empty if there is no such repository, or the subject may not use it so, which is the
   *     same to it
   * @throws GitUnavailableException if the repository is there and has to be waited for
   */
  Optional<GitExchange> open(String organization, String repository, GitService service);
}
