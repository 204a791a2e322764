package ai.a5c.krate.archtests.house.apiserver.kind;

import ai.a5c.krate.archtests.house.api.config.Thing;

/** Knows a kind of the forge. */
public record KnowsThings(Thing thing) {}
