package ai.a5c.krate.testkit.git;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.storage.RecordStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The laws of {@code ai.a5c.krate.spi.git}, which every backend whose refs are rows of the store
 * joins by extending this class.
 *
 * <p>The real {@code git} is the client, and judges what is exported: it must be on the PATH, 2.38
 * or later. Each rule has a number and a sentence, and ends with an export that native Git finds
 * sound and whose refs are those of the store. In short:
 *
 * <ul>
 *   <li><b>G1, repositories and fetching.</b> Protocol 0 and 2, shallow and partial clones. Every
 *       ref can be fetched, {@code refs/pull/} included, and every commit that a ref reaches;
 *       nothing else.
 *   <li><b>G2, pushing.</b> The gate sees each update before anybody can fetch its objects. What it
 *       objects to stays, alone or, if the push is atomic, with all others; a refused or broken
 *       push leaves nothing behind. Only branches, tags and notes can be written, only whole
 *       histories are taken.
 *   <li><b>G3, pushes at once.</b> Different branches all land; of many to one branch one wins.
 *       Quarantined objects are neither served nor built upon.
 *   <li><b>G4, merging and comparing.</b> The tree that {@code git merge-tree} finds, in a commit
 *       of both parents; conflicts by path. A merge that is not kept leaves nothing behind.
 *   <li><b>G5, copying.</b> A repository gets what refs of another one reach, and nothing else; it
 *       needs the other no more, and what is not kept leaves nothing behind.
 *   <li><b>G6, contents.</b> The files of a folder and the paths that differ, within bounds.
 *   <li><b>G7, archives.</b> The files of a commit, as {@code tar} unpacks them.
 *   <li><b>G8, bombs.</b> What stands for more paths than could be counted is refused or cut.
 * </ul>
 *
 * <p>That nothing is left behind is judged by the files of the folder that the backend was given.
 */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
public abstract class GitBackendContract
    implements FetchRules,
        PushRules,
        ConcurrentPushRules,
        MergeRules,
        CopyRules,
        ContentRules,
        ArchiveRules,
        BombRules {
  @TempDir Path folder;

  private final GitBench[] bench = new GitBench[1];

  /**
   * A backend without repositories.
   *
   * @param folder new and empty; for this backend alone
   * @param records where the refs are
   */
  protected abstract GitBackend open(Path folder, RecordStore records) throws Exception;

  @BeforeEach
  final void openBackend() throws Exception {
    bench[0] = open("bench");
  }

  @AfterEach
  final void closeBackend() {
    try {
      bench().soundExport();
      assertThat(bench().server().faults()).isEmpty();
    } finally {
      bench().close();
    }
  }

  @Override
  public final GitBench bench() {
    return bench[0];
  }

  @Override
  public final GitBench another() throws Exception {
    return open("another");
  }

  private GitBench open(String name) throws Exception {
    Path place = folder.resolve(name);
    Path root = Files.createDirectories(place.resolve(GitBench.ROOT));
    RecordStore records = GitBench.emptyRecords();
    return new GitBench(place, open(root, records), records);
  }
}
