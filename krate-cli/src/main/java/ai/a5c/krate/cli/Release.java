package ai.a5c.krate.cli;

import java.util.Objects;

/** What this build is. */
final class Release {
  private Release() {}

  /** The version that stands in the jar; "development" when run from classes. */
  static String version() {
    return Objects.requireNonNullElse(
        Release.class.getPackage().getImplementationVersion(), "development");
  }
}
