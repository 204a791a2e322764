package ai.a5c.krate.storage.postgres;

/** Waiting for threads that are about to end. */
final class Threads {
  private Threads() {}

  /** Waits without being interrupted; an interruption is kept for later. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
