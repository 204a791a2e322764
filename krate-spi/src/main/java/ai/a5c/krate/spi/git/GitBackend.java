package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Git repositories by the uid of their Repository object.
 *
 * <p>Methods block and may be called from many threads at once. A repository that was never
 * created, or was deleted, is answered with {@link UnknownRepositoryException}; trouble of the
 * backend's own with {@link GitUnavailableException}. An {@link IOException} is the client's
 * connection breaking, and leaves nothing half done.
 *
 * <p>What people push is not trusted. A few small trees that name one another can stand for more
 * paths than could ever be counted, so every method that walks trees has a bound on what it looks
 * at, and an answer for more.
 */
public interface GitBackend extends AutoCloseable {
  /**
   * Makes an empty repository; does nothing if there is one. It can be pushed to as soon as this
   * returns.
   */
  void create(Uid repository);

  /** Removes a repository with everything in it; does nothing if there is none. */
  void delete(Uid repository);

  /**
   * Writes the smart HTTP advertisement of a service (gitprotocol-http): for version 2 its
   * capabilities, otherwise the refs, those under {@code refs/pull/} to fetch only.
   *
   * @param protocol the client's {@code Git-Protocol} header, null if it sent none
   * @param head the branch that {@code HEAD} names
   */
  void advertise(
      Uid repository, GitService service, @Nullable String protocol, RefName head, OutputStream out)
      throws IOException;

  /** Answers one fetch request body (gitprotocol-pack, gitprotocol-v2). */
  void fetch(
      Uid repository, @Nullable String protocol, RefName head, InputStream in, OutputStream out)
      throws IOException;

  /**
   * Receives one push: checks every object, that the new tips are connected, and what no gate may
   * allow, such as a write under {@code refs/pull/}; then asks the gate while the objects are in
   * quarantine, and reports to the client what became of each ref.
   */
  void push(Uid repository, RefName head, InputStream in, OutputStream out, PushGate gate)
      throws IOException;

  /** Computes a merge in quarantine, without a work tree. */
  MergeAttempt merge(Uid repository, MergeRequest request);

  /**
   * Copies what one repository has and another one lacks of the wanted objects and everything that
   * they reach, into a quarantine of the other, checked there like a push. Objects that no wanted
   * one reaches stay where they are: neither repository ever reads from the other.
   */
  CopyAttempt copy(CopyRequest request);

  /** Compares two commits of the repository; empty if it lacks one of them. */
  Optional<Comparison> compare(Uid repository, ObjectId target, ObjectId head);

  /**
   * Whether a commit has another in its history, or is it. No if the repository lacks one of them.
   */
  boolean contains(Uid repository, ObjectId commit, ObjectId ancestor);

  /**
   * The best common ancestor of two commits; empty if they have none, or the repository lacks one
   * of them.
   */
  default Optional<ObjectId> mergeBase(Uid repository, ObjectId one, ObjectId other) {
    return compare(repository, one, other).flatMap(found -> Optional.ofNullable(found.mergeBase()));
  }

  /** Reads the files of one folder as a commit has them; empty if the repository lacks it. */
  Optional<FolderFiles> files(Uid repository, ObjectId commit, FolderFiles.Wanted wanted);

  /**
   * The paths in which two commits differ; empty if the repository lacks one of them.
   *
   * @param most how many paths are given at most
   */
  Optional<ChangedPaths> changedPaths(Uid repository, ObjectId from, ObjectId to, int most);

  /**
   * Writes the files of a commit as a tar archive (POSIX pax), in the order of their paths: plain
   * and executable files, symbolic links, and folders; of a submodule an empty folder. Nothing of
   * it is held in memory but one piece at a time.
   *
   * @return false if the repository lacks the commit; then nothing was written
   * @throws IOException if {@code out} does not take it
   * @throws CommitTooLargeException if there are too many files or bytes; then a part was written,
   *     which does not end as an archive does
   */
  boolean archive(Uid repository, ObjectId commit, OutputStream out) throws IOException;

  /**
   * The commits in the history of one commit, or annotated tag of a commit, that are not in the
   * history of another.
   *
   * @param known the other; null if there is none
   * @param most how many of them to tell of, at most 1,000
   * @return empty if the repository lacks the first, or it is no commit; what the repository lacks
   *     is in no history
   */
  default Optional<CommitLog> log(
      Uid repository, ObjectId tip, @Nullable ObjectId known, int most) {
    return Optional.empty();
  }

  /**
   * Writes a plain bare repository with all refs, which native Git can read, into a new folder.
   *
   * @param head the branch that {@code HEAD} names
   */
  void export(Uid repository, RefName head, Path folder);

  /** Waits for what is under way, and lets go of all files. */
  @Override
  void close();
}
