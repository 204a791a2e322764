package ai.a5c.krate.git;

import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.testkit.git.GitBench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A bench with this backend, and a look into its folder. */
final class GitWorld extends GitBench {
  private final Path folder;

  GitWorld(Path folder) {
    this(folder, GitSettings.defaults());
  }

  GitWorld(Path folder, GitSettings settings) {
    this(folder, settings, emptyRecords());
  }

  private GitWorld(Path folder, GitSettings settings, RecordStore records) {
    super(folder, new JGitBackend(folder.resolve(ROOT), records, settings), records);
    this.folder = folder;
  }

  /** The object folder of the repository. */
  Path objects() {
    try (Stream<Path> all = Files.walk(folder.resolve(ROOT))) {
      return all.filter(path -> path.endsWith(repository() + ".git/objects"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
