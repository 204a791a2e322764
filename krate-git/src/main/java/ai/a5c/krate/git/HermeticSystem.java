package ai.a5c.krate.git;

import java.io.File;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.annotations.Nullable;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * What JGit may learn of the machine: its name and its clock, and no configuration of a user or of
 * the system.
 *
 * <p>Left alone, JGit starts the {@code git} binary to find the system's configuration, and writes
 * probe files into object folders to measure the file system's clock; a server must do neither.
 */
final class HermeticSystem extends SystemReader.Delegate {
  /**
   * Files touched within this time may have changed unnoticed; some file systems count in seconds.
   */
  private static final long CLOCK_RESOLUTION_NANOS = TimeUnit.MILLISECONDS.toNanos(1000);

  private HermeticSystem(SystemReader machine) {
    super(machine);
  }

  /** Makes JGit hermetic in this process and bounds its caches; both are process-wide in JGit. */
  static synchronized void install(long cacheBytes) {
    if (!(SystemReader.getInstance() instanceof HermeticSystem)) {
      SystemReader.setInstance(new HermeticSystem(SystemReader.getInstance()));
    }
    var cache = new WindowCacheConfig();
    cache.setPackedGitLimit(cacheBytes);
    cache.setPackedGitWindowSize(32 << 10);
    cache.setPackedGitOpenFiles(512);
    cache.setPackedGitMMAP(false);
    cache.setDeltaBaseCacheLimit(16 << 20);
    cache.setStreamFileThreshold(16 << 20);
    cache.setExposeStatsViaJmx(false);
    cache.install();
  }

  @Override
  public @Nullable String getenv(String variable) {
    return null;
  }

  @Override
  public FileBasedConfig openSystemConfig(Config parent, FS fs) {
    return new EmptyConfig(parent, fs);
  }

  @Override
  public FileBasedConfig openUserConfig(Config parent, FS fs) {
    return new EmptyConfig(parent, fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(Config parent, FS fs) {
    return new EmptyConfig(parent, fs);
  }

  /** Never read from or written to a file; knows the resolution of every file system's clock. */
  private static final class EmptyConfig extends FileBasedConfig {
    EmptyConfig(Config parent, FS fs) {
      super(parent, new File("no-such-file"), fs);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }

    @Override
    public long getTimeUnit(
        String section, String subsection, String name, long defaultValue, TimeUnit wanted) {
      if (section.equals(ConfigConstants.CONFIG_FILESYSTEM_SECTION)) {
        return name.equals(ConfigConstants.CONFIG_KEY_TIMESTAMP_RESOLUTION)
            ? wanted.convert(CLOCK_RESOLUTION_NANOS, TimeUnit.NANOSECONDS)
            : 0;
      }
      return super.getTimeUnit(section, subsection, name, defaultValue, wanted);
    }
  }
}
