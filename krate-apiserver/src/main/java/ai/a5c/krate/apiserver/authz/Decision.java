package ai.a5c.krate.apiserver.authz;

/** What an authorizer says. */
public sealed interface Decision {
  /** Yes, whatever the next one would say. */
  record Allow(String reason) implements Decision {}

  /** No, whatever the next one would say. */
  record Deny(String reason) implements Decision {}

  /** Not for this authorizer to decide. */
  record NoOpinion() implements Decision {}
}
