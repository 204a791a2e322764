package ai.a5c.krate.core.push;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.ChangedPaths;
import ai.a5c.krate.spi.git.Comparison;
import ai.a5c.krate.spi.git.CopyAttempt;
import ai.a5c.krate.spi.git.CopyRequest;
import ai.a5c.krate.spi.git.FolderFiles;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import ai.a5c.krate.spi.git.PreparedMerge;
import ai.a5c.krate.spi.git.PushGate;
import ai.a5c.krate.spi.git.Quarantine;
import ai.a5c.krate.spi.git.RefUpdate;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A backend whose commits are a graph and have no content, so that nothing ever conflicts. A push
 * body is text: a line {@code atomic} if it is, and lines of ref and target, {@code -} to delete.
 */
final class CommitGraph implements GitBackend {
  private final RecordStore records;
  private final Map<ObjectId, List<ObjectId>> parents = new ConcurrentHashMap<>();
  private volatile Runnable received = () -> {};
  private final Queue<Runnable> prepared = new ConcurrentLinkedQueue<>();

  CommitGraph(RecordStore records) {
    this.records = records;
  }

  /** Does something whenever a push is received, before its gate is asked. */
  void whenReceived(Runnable action) {
    received = action;
  }

  /** Does something once, when the gate has decided and is about to commit. */
  void whenPrepared(Runnable action) {
    prepared.add(action);
  }

  /** A new commit. */
  ObjectId commit(ObjectId... of) {
    ObjectId id = ObjectId.of("%040x".formatted(0xabc000 + parents.size()));
    parents.put(id, List.of(of));
    return id;
  }

  private Set<ObjectId> history(@Nullable ObjectId tip) {
    Set<ObjectId> seen = new LinkedHashSet<>();
    Deque<ObjectId> next = new ArrayDeque<>();
    if (tip != null) {
      next.add(tip);
    }
    while (!next.isEmpty()) {
      ObjectId commit = next.remove();
      if (seen.add(commit)) {
        next.addAll(parents.getOrDefault(commit, List.of()));
      }
    }
    return seen;
  }

  @Override
  public boolean contains(Uid repository, ObjectId commit, ObjectId ancestor) {
    return parents.containsKey(ancestor) && history(commit).contains(ancestor);
  }

  @Override
  public Optional<FolderFiles> files(Uid repository, ObjectId commit, FolderFiles.Wanted wanted) {
    return Optional.of(FolderFiles.NONE);
  }

  @Override
  public Optional<ChangedPaths> changedPaths(Uid repository, ObjectId from, ObjectId to, int most) {
    return Optional.of(new ChangedPaths(List.of(), false));
  }

  @Override
  public void create(Uid repository) {}

  @Override
  public void delete(Uid repository) {}

  @Override
  public void advertise(
      Uid repository,
      GitService service,
      @Nullable String protocol,
      RefName head,
      OutputStream out) {}

  @Override
  public void fetch(
      Uid repository, @Nullable String protocol, RefName head, InputStream in, OutputStream out) {}

  @Override
  public void push(Uid repository, RefName head, InputStream in, OutputStream out, PushGate gate)
      throws IOException {
    List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    List<RefUpdate> updates = new ArrayList<>();
    for (String line : lines) {
      if (!line.equals("atomic")) {
        String[] words = line.split(" ");
        updates.add(update(repository, new RefName(words[0]), words[1]));
      }
    }
    var pushed = new Pushed(repository, updates, lines.contains("atomic"));
    received.run();
    Map<RefName, String> objections = gate.admit(pushed).objections();
    for (RefUpdate update : updates) {
      String why = objections.get(update.ref());
      String line = update.ref() + (why == null ? " ok\n" : " ng " + why + "\n");
      out.write(line.getBytes(StandardCharsets.UTF_8));
    }
  }

  private RefUpdate update(Uid repository, RefName ref, String target) {
    ObjectId old = records.ref(repository, ref).orElse(null);
    ObjectId wanted = target.equals("-") ? null : ObjectId.of(target);
    boolean forced = old != null && wanted != null && !history(wanted).contains(old);
    return new RefUpdate(ref, old, wanted, forced);
  }

  private final class Pushed implements Quarantine {
    private final Uid repository;
    private final List<RefUpdate> updates;
    private final boolean atomic;

    Pushed(Uid repository, List<RefUpdate> updates, boolean atomic) {
      this.repository = repository;
      this.updates = List.copyOf(updates);
      this.atomic = atomic;
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
      return List.of();
    }

    @Override
    public Optional<ObjectId> mergeCommit(ObjectId target, @Nullable ObjectId without) {
      Set<ObjectId> brought = history(target);
      brought.removeAll(history(without));
      return brought.stream()
          .filter(id -> parents.getOrDefault(id, List.of()).size() > 1)
          .findAny();
    }

    @Override
    public List<Operation.MoveRef> prepare(Collection<RefUpdate> accepted) {
      Runnable action = CommitGraph.this.prepared.poll();
      if (action != null) {
        action.run();
      }
      return accepted.stream()
          .map(
              update ->
                  new Operation.MoveRef(
                      repository, Template.of(update.ref().value()), update.old(), update.target()))
          .toList();
    }
  }

  @Override
  public MergeAttempt merge(Uid repository, MergeRequest request) {
    if (history(request.target()).contains(request.head())) {
      return new MergeAttempt.AlreadyMerged();
    }
    ObjectId commit = commit(request.target(), request.head());
    return new MergeAttempt.Merged(
        new PreparedMerge() {
          @Override
          public ObjectId commit() {
            return commit;
          }

          @Override
          public void publish() {}

          @Override
          public void keep() {}

          @Override
          public void close() {}
        });
  }

  @Override
  public Optional<Comparison> compare(Uid repository, ObjectId target, ObjectId head) {
    Set<ObjectId> common = history(target);
    common.retainAll(history(head));
    ObjectId base =
        common.stream().max(Comparator.comparingInt(id -> history(id).size())).orElse(null);
    Set<ObjectId> brought = history(head);
    brought.removeAll(history(target));
    return Optional.of(new Comparison(base, brought.size(), 0, 0, 0));
  }

  @Override
  public CopyAttempt copy(CopyRequest request) {
    throw new UnsupportedOperationException("there is one repository");
  }

  @Override
  public boolean archive(Uid repository, ObjectId commit, OutputStream out) {
    throw new UnsupportedOperationException("there are no files");
  }

  @Override
  public void export(Uid repository, RefName head, Path folder) {
    throw new UnsupportedOperationException("there is nothing but a graph");
  }

  @Override
  public void close() {}
}
