package ai.a5c.krate.archtests.house.spi;

import ai.a5c.krate.archtests.house.core.merge.Innocent;

/** Sees what is above it, from a package that promises nothing. */
public record LooksUp(Innocent above) {}
