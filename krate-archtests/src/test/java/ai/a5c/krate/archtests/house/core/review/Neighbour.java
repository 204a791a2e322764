package ai.a5c.krate.archtests.house.core.review;

import ai.a5c.krate.archtests.house.core.merge.Innocent;

/** Sees another room. */
public record Neighbour(Innocent other) {}
