package ai.a5c.krate.archtests.house.git;

import java.util.logging.Logger;

/** Logs past the system's logger. */
public record Chatty(Logger logger) {}
