package ai.a5c.krate.apiserver.request;

/** What a client asks to become of an object: its body, decoded once the request is authorized. */
interface Intent {
  /**
   * Decodes the request against the present state; again after a lost race.
   *
   * @throws ai.a5c.krate.api.problem.ApiException if it cannot be
   */
  Proposal decode(Authorized request);

  /** Whether the client wrote against one version of the object, so that a lost race is its to know. */
  boolean pinned();
}
