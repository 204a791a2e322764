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
import java.util.Set;

/** A push as its gate sees it. */
final class ReceivedPush implements Quarantine {
  private final Uid repository;
  private final List<RefUpdate> updates;
  private final boolean atomic;
  private final List<String> options;
  private final QuarantineFolder folder;
  private final Set<RefUpdate> prepared = new HashSet<>();

  ReceivedPush(
      Uid repository,
      List<RefUpdate> updates,
      boolean atomic,
      List<String> options,
      QuarantineFolder folder) {
    this.repository = repository;
    this.updates = List.copyOf(updates);
    this.atomic = atomic;
    this.options = List.copyOf(options);
    this.folder = folder;
  }

  @Override
  public List<RefUpdate> updates() {
    return updates;
  }

  @Override
  public boolean atomic() {
    return atomic;
  }

  @Override
  public List<String> options() {
    return options;
  }

  /** Whether the gate was given the operation that moves this ref. */
  boolean wasPrepared(RefUpdate update) {
    return prepared.contains(update);
  }

  @Override
  public List<Operation.MoveRef> prepare(Collection<RefUpdate> accepted) {
    if (!new HashSet<>(updates).containsAll(accepted)) {
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
        repository, Template.of(update.ref().value()), old, update.target());
  }
}
