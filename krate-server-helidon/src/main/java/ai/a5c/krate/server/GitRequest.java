package ai.a5c.krate.server;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.spi.git.GitService;

/**
 * Who wants which service of which repository.
 *
 * @param subject whom the transport vouches for, as in {@link Api}
 * @param remoteAddress the client's address, without a port
 * @param headers of the request; they may hold credentials
 * @param organization as it stands in the URL; letters, digits, dots, dashes and underscores
 * @param repository likewise, without {@code .git}
 */
public record GitRequest(
    Subject subject,
    String remoteAddress,
    Headers headers,
    String organization,
    String repository,
    GitService service) {}
