package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;

/** A request whose subject is known. */
record Authenticated(Bracket bracket, Subject subject) {}
