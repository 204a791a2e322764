package ai.a5c.krate.archtests.house.git;

import java.io.IOException;

/** Starts a process. */
public final class Starter {
  public Process git() throws IOException {
    return new ProcessBuilder("git", "gc").start();
  }
}
