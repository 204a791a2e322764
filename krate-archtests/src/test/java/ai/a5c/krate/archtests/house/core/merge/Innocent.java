package ai.a5c.krate.archtests.house.core.merge;

/** Breaks no rule. */
public final class Innocent {}
