package ai.a5c.krate.core.push;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.spi.git.RefUpdate;
import java.util.Optional;

/** A rule that sees every ref update of a push while its objects are in quarantine. */
@FunctionalInterface
public interface PushPolicy {
  /** Why the update is refused, in one line for the person who pushed; empty if it is not. */
  Optional<String> objection(Subject subject, ApiObject repository, RefUpdate update);
}
