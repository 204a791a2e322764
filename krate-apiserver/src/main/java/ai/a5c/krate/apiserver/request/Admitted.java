package ai.a5c.krate.apiserver.request;

/** A request that nothing objects to: all that is left is the commit. */
record Admitted(Authorized request, Proposal proposal, Prepared prepared) {}
