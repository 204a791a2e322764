package ai.a5c.krate.benchmarks;

import java.io.IOException;

/** A JVM that does nothing until its input ends: what any Java process costs. */
final class IdleJvm {
  private IdleJvm() {}

  public static void main(String[] arguments) throws IOException {
    System.out.println("idle");
    while (System.in.read() >= 0) {
      // Only the end counts: it comes when the parent is gone, too.
    }
  }
}
