package ai.a5c.krate.apiserver.request;

/** A request whose body was decoded, after it was authorized. */
record Decoded(Authorized request, Proposal proposal) {}
