package ai.a5c.krate.git;

import java.io.File;
import java.io.IOException;
import java.util.function.Predicate;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ObjectDatabase;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.util.FS;

/**
 * The object folder of a quarantine, which reads through to the repository's own.
 *
 * <p>It is not an alternate in Git's sense, because JGit would open and index the repository again
 * for each push.
 */
final class QuarantineObjects extends ObjectDirectory {
  private final ObjectDirectory repository;
  private final Predicate<AnyObjectId> received;

  QuarantineObjects(
      Config config, File folder, ObjectDirectory repository, Predicate<AnyObjectId> received)
      throws IOException {
    super(config, folder, new File[0], FS.DETECTED, null);
    this.repository = repository;
    this.received = received;
  }

  /** The objects that the repository has without the quarantine. */
  ObjectDirectory repository() {
    return repository;
  }

  @Override
  public ObjectReader newReader() {
    return new JoinedReader(super.newReader(), repository.newReader(), received);
  }

  @Override
  public ObjectDatabase newCachedDatabase() {
    return this;
  }

  @Override
  public boolean has(AnyObjectId id) {
    return received.test(id) ? super.has(id) : repository.has(id);
  }
}
