package ai.a5c.krate.archtests.house.core.review;

import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

/** Takes time, identifiers and the environment from nowhere. */
public final class Clockwork {
  public Instant time() {
    return Instant.now();
  }

  public Supplier<UUID> identifiers() {
    return UUID::randomUUID;
  }

  public String home() {
    return System.getenv("HOME");
  }
}
