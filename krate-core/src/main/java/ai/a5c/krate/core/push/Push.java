package ai.a5c.krate.core.push;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.spi.git.Quarantine;
import java.util.function.Predicate;

/**
 * A push that is to be judged.
 *
 * @param subject who pushes
 * @param repository that is pushed to
 * @param pushed its objects and what it asks of each ref
 * @param rights whether the subject has a further right in the repository's namespace
 */
public record Push(
    Subject subject, ApiObject repository, Quarantine pushed, Predicate<Claim> rights) {}
