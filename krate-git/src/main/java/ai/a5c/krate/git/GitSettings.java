package ai.a5c.krate.git;

/**
 * The bounds of a {@link JGitBackend}. Sizes are in bytes.
 *
 * @param maxPackBytes the longest pack that a push may send
 * @param maxObjectBytes the largest object, inflated
 * @param maxObjects the most objects in one push
 * @param maxInflatedBytes the most bytes that all objects of one push may inflate to
 * @param maxCommands the most refs that one push may name
 * @param maxPushOptions the most push options of one push
 * @param maxPushOptionBytes the longest push option
 * @param maxMergeBytes the most bytes of new objects that one merge may hold in memory
 * @param refPage how many refs are read from the store at once
 * @param openRepositories how many repositories keep their pack indexes open while nobody uses them
 * @param cacheBytes the memory for windows of packs, shared by the process
 * @param failPoint where crash tests stop
 */
public record GitSettings(
    long maxPackBytes,
    long maxObjectBytes,
    int maxObjects,
    long maxInflatedBytes,
    int maxCommands,
    int maxPushOptions,
    int maxPushOptionBytes,
    long maxMergeBytes,
    int refPage,
    int openRepositories,
    long cacheBytes,
    FailPoint failPoint) {
  private static final long MIB = 1L << 20;

  public GitSettings {
    if (maxPackBytes < 1
        || maxObjectBytes < 1
        || maxObjects < 1
        || maxInflatedBytes < 1
        || maxCommands < 1
        || maxPushOptions < 0
        || maxPushOptionBytes < 0
        || maxMergeBytes < 1
        || refPage < 1
        || openRepositories < 1
        || cacheBytes < MIB) {
      throw new IllegalArgumentException("a bound is too small");
    }
  }

  /**
   * Packs of 2 GiB, objects of 512 MiB, 10,000,000 objects and 64 GiB inflated in one push; 10,000
   * refs, 100 options of 4 KiB; merges of 256 MiB; pages of 10,000 refs, 256 open repositories, 128
   * MiB of windows; no fail point.
   */
  public static GitSettings defaults() {
    return new GitSettings(
        2048 * MIB,
        512 * MIB,
        10_000_000,
        64 * 1024 * MIB,
        10_000,
        100,
        4096,
        256 * MIB,
        10_000,
        256,
        128 * MIB,
        FailPoint.none());
  }

  /** These settings with other bounds on what one push may send. */
  public GitSettings withPushLimits(long packBytes, long objectBytes, long inflatedBytes) {
    return new GitSettings(
        packBytes,
        objectBytes,
        maxObjects,
        inflatedBytes,
        maxCommands,
        maxPushOptions,
        maxPushOptionBytes,
        maxMergeBytes,
        refPage,
        openRepositories,
        cacheBytes,
        failPoint);
  }

  /** These settings with another bound on the refs of a push and on a page of refs. */
  public GitSettings withRefLimits(int commands, int page) {
    return new GitSettings(
        maxPackBytes,
        maxObjectBytes,
        maxObjects,
        maxInflatedBytes,
        commands,
        maxPushOptions,
        maxPushOptionBytes,
        maxMergeBytes,
        page,
        openRepositories,
        cacheBytes,
        failPoint);
  }

  /** These settings with a fail point. */
  public GitSettings withFailPoint(FailPoint point) {
    return new GitSettings(
        maxPackBytes,
        maxObjectBytes,
        maxObjects,
        maxInflatedBytes,
        maxCommands,
        maxPushOptions,
        maxPushOptionBytes,
        maxMergeBytes,
        refPage,
        openRepositories,
        cacheBytes,
        point);
  }
}
