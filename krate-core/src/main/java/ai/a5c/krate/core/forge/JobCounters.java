package ai.a5c.krate.core.forge;

/** The counters of jobs that an organization's quotas bound, on the records' side. */
public final class JobCounters {
  private JobCounters() {}

  /** How many jobs of a namespace run. */
  public static String running(String namespace) {
    return "concurrentJobs/" + namespace;
  }

  /** How many jobs of a namespace wait. */
  public static String waiting(String namespace) {
    return "queuedJobs/" + namespace;
  }
}
