package ai.a5c.krate.spi.token;

import ai.a5c.krate.api.meta.Secret;
import java.time.Instant;

/**
 * A token that was issued; nobody keeps it but the one who asked.
 *
 * @param expires from then on it is refused
 */
public record IssuedToken(Secret token, Instant expires) {}
