package ai.a5c.krate.apiserver.request;

/** A request that mutating admission has let pass. */
record Mutated(Authorized request, Proposal proposal) {}
