package ai.a5c.krate.apiserver.request;

/** What a client asks to become of an object: its body, decoded once the request is authorized. */
@FunctionalInterface
interface Intent {
  /**
   * Decodes the request against the present state; again after a lost race, so that a request that
   * names a version finds out that it is no longer the stored one.
   *
   * @throws ai.a5c.krate.api.problem.ApiException if it cannot be
   */
  Proposal decode(Authorized request);
}
