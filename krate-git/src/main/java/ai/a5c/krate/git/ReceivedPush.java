package ai.a5c.krate.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.GitUnavailableException;
import ai.a5c.krate.spi.git.Quarantine;
import ai.a5c.krate.spi.git.RefUpdate;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Template;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.jspecify.annotations.Nullable;

/** A push as its gate sees it. */
final class ReceivedPush implements Quarantine {
  private final Request request;
  private final QuarantineFolder folder;
  private final Supplier<ObjectReader> readers;
  private final Set<RefUpdate> prepared = new HashSet<>();

  /** What the client asks. */
  record Request(Uid repository, List<RefUpdate> updates, boolean atomic, List<String> options) {
    Request {
      updates = List.copyOf(updates);
      options = List.copyOf(options);
    }
  }

  /**
   * A push.
   *
   * @param readers of the repository's objects and of those in quarantine
   */
  ReceivedPush(Request request, QuarantineFolder folder, Supplier<ObjectReader> readers) {
    this.request = request;
    this.folder = folder;
    this.readers = readers;
  }

  @Override
  public List<RefUpdate> updates() {
    return request.updates();
  }

  @Override
  public boolean atomic() {
    return request.atomic();
  }

  @Override
  public List<String> options() {
    return request.options();
  }

  /** Whether the gate was given the operation that moves this ref. */
  boolean wasPrepared(RefUpdate update) {
    return prepared.contains(update);
  }

  @Override
  public Optional<ObjectId> mergeCommit(ObjectId target, @Nullable ObjectId without) {
    try (ObjectReader reader = readers.get();
        var walk = new RevWalk(reader)) {
      RevCommit tip = Merges.parse(walk, target);
      if (tip == null) {
        throw new IllegalArgumentException(target + " is not a commit of this push");
      }
      RevCommit base = without == null ? null : Merges.parse(walk, without);
      walk.setRetainBody(false);
      walk.setRevFilter(RevFilter.ONLY_MERGES);
      walk.markStart(tip);
      if (base != null) {
        walk.markUninteresting(base);
      }
      return Optional.ofNullable(walk.next()).map(Ids::krate);
    } catch (IOException e) {
      throw new GitUnavailableException("cannot look through the commits of a push", e);
    }
  }

  @Override
  public List<Operation.MoveRef> prepare(Collection<RefUpdate> accepted) {
    if (!new HashSet<>(updates()).containsAll(accepted)) {
      throw new IllegalArgumentException("an accepted update is not of this push");
    }
    try {
      folder.publish();
    } catch (IOException e) {
      throw new GitUnavailableException("cannot keep the objects of a push", e);
    }
    prepared.clear();
    prepared.addAll(accepted);
    return accepted.stream().map(this::move).toList();
  }

  private Operation.MoveRef move(RefUpdate update) {
    ObjectId old = update.old();
    return new Operation.MoveRef(
        request.repository(), Template.of(update.ref().value()), old, update.target());
  }
}
