package ai.a5c.krate.apiserver.request;

/** A request whose object is valid. */
record Validated(Authorized request, Proposal proposal, Prepared prepared) {}
