package ai.a5c.krate.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.spi.git.GitUnavailableException;
import ai.a5c.krate.spi.git.PreparedMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.file.PackInserter;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.util.FS;

/**
 * A merge commit in memory. Nothing is written before {@link #publish}, which writes one pack of
 * what the commit needs; what the merger made on its way, such as merges of merge bases, is left
 * behind.
 */
final class DraftMerge implements PreparedMerge {
  private static final System.Logger LOG = System.getLogger(DraftMerge.class.getName());

  private final Merges.Draft draft;
  private final QuarantineFolder folder;
  private final Config config;
  private final Closing closing;
  private boolean closed;

  /** Called once when the merge is closed. */
  @FunctionalInterface
  interface Closing {
    void closed(boolean withdrawn);
  }

  DraftMerge(Merges.Draft draft, QuarantineFolder folder, Config config, Closing closing) {
    this.draft = draft;
    this.folder = folder;
    this.config = config;
    this.closing = closing;
  }

  @Override
  public ObjectId commit() {
    return Ids.krate(draft.commit().id());
  }

  @Override
  public void publish() {
    if (folder.isPublished()) {
      return;
    }
    try {
      writePack();
      folder.publish();
    } catch (IOException e) {
      throw new GitUnavailableException("cannot keep a merge", e);
    }
  }

  private void writePack() throws IOException {
    Files.createDirectories(folder.objects().resolve("pack"));
    try (var objects =
            new ObjectDirectory(config, folder.objects().toFile(), null, FS.DETECTED, null);
        PackInserter pack = objects.newPackInserter()) {
      pack.checkExisting(false);
      copyTree(draft.commit().tree(), pack, new HashSet<>());
      copy(draft.commit().id(), pack);
      pack.flush();
    }
  }

  private void copyTree(
      AnyObjectId tree, PackInserter pack, Set<org.eclipse.jgit.lib.ObjectId> done)
      throws IOException {
    ObjectLoader loader = draft.objects().draft(tree);
    if (loader == null || !done.add(tree.toObjectId())) {
      return;
    }
    var entries = new CanonicalTreeParser();
    entries.reset(loader.getCachedBytes());
    for (; !entries.eof(); entries.next()) {
      if (entries.getEntryFileMode().equals(FileMode.TREE)) {
        copyTree(entries.getEntryObjectId(), pack, done);
      } else if (done.add(entries.getEntryObjectId())) {
        copy(entries.getEntryObjectId(), pack);
      }
    }
    copy(tree, pack);
  }

  private void copy(AnyObjectId id, PackInserter pack) throws IOException {
    ObjectLoader loader = draft.objects().draft(id);
    if (loader != null) {
      pack.insert(loader.getType(), loader.getCachedBytes());
    }
  }

  @Override
  public void keep() {
    try {
      folder.keep();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a mark of a merge is left until the next start", e);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    boolean withdrawn = folder.willWithdraw();
    try {
      draft.objects().close();
      folder.close();
    } catch (IOException e) {
      throw new GitUnavailableException("cannot discard a merge", e);
    } finally {
      closing.closed(withdrawn);
    }
  }
}
