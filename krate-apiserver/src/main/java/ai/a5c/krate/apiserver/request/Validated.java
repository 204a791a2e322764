package ai.a5c.krate.apiserver.request;

/** A request whose objects are valid. */
record Validated(Authorized request, Prepared prepared) {}
