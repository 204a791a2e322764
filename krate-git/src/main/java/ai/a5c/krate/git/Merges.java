package ai.a5c.krate.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.spi.git.GitUnavailableException;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.merge.ResolveMerger;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.jspecify.annotations.Nullable;

/**
 * Computes merges in memory with JGit's recursive merger, within bounds.
 *
 * <p>The merger knows no renames: a file that one side renamed and the other changed is a conflict
 * here, though native Git merges it.
 */
final class Merges {
  private final Config config;
  private final long maxBytes;

  Merges(Config config, long maxBytes) {
    this.config = config;
    this.maxBytes = maxBytes;
  }

  /** A merge commit among its drafts. The drafts are the holder's to close. */
  record Draft(RevCommitId commit, DraftObjects objects) {}

  /** The id of a commit that exists as a draft, and the root of its tree. */
  record RevCommitId(org.eclipse.jgit.lib.ObjectId id, org.eclipse.jgit.lib.ObjectId tree) {}

  /**
   * Computes a merge.
   *
   * @param reader of the repository; taken over
   * @param merged makes the answer for a merge commit; it takes the drafts over
   */
  MergeAttempt attempt(
      MergeRequest request, ObjectReader reader, Function<Draft, MergeAttempt> merged) {
    var drafts = new DraftObjects(reader, maxBytes);
    boolean handedOver = false;
    try (ObjectReader all = drafts.newReader();
        var walk = new RevWalk(all)) {
      RevCommit target = parse(walk, request.target());
      if (target == null) {
        return new MergeAttempt.Missing(request.target());
      }
      RevCommit head = parse(walk, request.head());
      if (head == null) {
        return new MergeAttempt.Missing(request.head());
      }
      if (walk.isMergedInto(head, target)) {
        return new MergeAttempt.AlreadyMerged();
      }
      if (mergeBase(walk, target, head) == null) {
        return new MergeAttempt.Unrelated();
      }
      var merger = new BoundedMerger(drafts, config);
      if (!merger.merge(target, head)) {
        return conflicts(merger);
      }
      var tree = merger.getResultTreeId().copy();
      var commit = drafts.insert(commit(request, tree, target, head));
      MergeAttempt answer = merged.apply(new Draft(new RevCommitId(commit, tree), drafts));
      handedOver = true;
      return answer;
    } catch (TreeBudget.ExceededException | DraftObjects.TooLargeException e) {
      return new MergeAttempt.TooLarge(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new GitUnavailableException("cannot merge " + request.head(), e);
    } finally {
      if (!handedOver) {
        drafts.close();
      }
    }
  }

  private static MergeAttempt conflicts(ResolveMerger merger) {
    var paths = new TreeSet<String>(merger.getUnmergedPaths());
    if (merger.getFailingPaths() != null) {
      paths.addAll(merger.getFailingPaths().keySet());
    }
    if (paths.isEmpty()) {
      throw new GitUnavailableException("the merge failed without a conflict");
    }
    return new MergeAttempt.Conflicted(List.copyOf(paths));
  }

  static @Nullable RevCommit parse(RevWalk walk, ObjectId id) throws IOException {
    Optional<org.eclipse.jgit.lib.ObjectId> known = Ids.jgit(id);
    if (known.isEmpty()) {
      return null;
    }
    try {
      return walk.parseCommit(known.get());
    } catch (MissingObjectException | IncorrectObjectTypeException e) {
      return null;
    }
  }

  /** The best common ancestor, null if there is none. Resets the walk. */
  static @Nullable RevCommit mergeBase(RevWalk walk, RevCommit one, RevCommit other)
      throws IOException {
    walk.reset();
    walk.setRevFilter(RevFilter.MERGE_BASE);
    walk.markStart(one);
    walk.markStart(other);
    RevCommit base = walk.next();
    walk.reset();
    walk.setRevFilter(RevFilter.ALL);
    return base;
  }

  private static CommitBuilder commit(
      MergeRequest request, org.eclipse.jgit.lib.ObjectId tree, RevCommit target, RevCommit head) {
    var commit = new CommitBuilder();
    commit.setTreeId(tree);
    switch (request.form()) {
      case MERGE -> commit.setParentIds(target, head);
      case SQUASH -> commit.setParentId(target);
    }
    commit.setAuthor(person(request.author(), request.time()));
    commit.setCommitter(person(request.committer(), request.time()));
    commit.setMessage(message(request.message()));
    return commit;
  }

  private static PersonIdent person(MergeRequest.Person person, Instant time) {
    String name = personal(person.name());
    return new PersonIdent(
        name.isEmpty() ? "unknown" : name, personal(person.email()), time, ZoneOffset.UTC);
  }

  /** Leaves out what would end the name or the address early. */
  private static String personal(String text) {
    return text.replaceAll("[<>\\p{Cntrl}]", "").strip();
  }

  private static String message(String text) {
    String whole = text.replace("\0", "");
    return whole.endsWith("\n") ? whole : whole + "\n";
  }
}
