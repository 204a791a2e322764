package ai.a5c.krate.core.review;

import ai.a5c.krate.apiserver.registry.ApiObject;

/** What the room knows of a pull request's life. */
final class Pulls {
  private Pulls() {}

  /** Whether it may still be merged. */
  static boolean isOpen(ApiObject pull) {
    String phase = pull.text("status", "phase");
    return phase.equals("Open") || phase.equals("Draft");
  }
}
