package ai.a5c.krate.cel.evaluation;

/** A type as a value: what {@code type(x)} gives. */
public record TypeName(String name) {}
