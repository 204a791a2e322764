package ai.a5c.krate.archtests.house.git;

/** Has a name that says nothing. */
public final class PackManager {}
