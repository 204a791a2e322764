package ai.a5c.krate.apiserver.request;

/** A request whose claims were decided. */
record Claimed(Authorized request, Proposal proposal) {}
