package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.meta.Revision;

/** The history that was asked for has been discarded. */
public final class CompactedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long floor;

  public CompactedException(Revision floor) {
    super("history up to revision " + floor + " was discarded");
    this.floor = floor.value();
  }

  /** The newest revision that was discarded: reading after it is possible. */
  public Revision floor() {
    return new Revision(floor);
  }
}
