package ai.a5c.krate.archtests.house.api.config;

/** A kind of the forge. */
public record Thing(String name) {}
