package ai.a5c.krate.core.review;

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
import ai.a5c.krate.spi.git.PreparedObjects;
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
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A backend whose commits have parents and no content, so that nothing ever conflicts. The body of
 * a push is one line of ref, where the client believes it to be, and where it shall be, {@code -}
 * for nowhere; what is answered is empty, or why not.
 */
final class Graph implements GitBackend {
  private final RecordStore records;
  private final Map<ObjectId, List<ObjectId>> parents = new ConcurrentHashMap<>();
  private final Map<ObjectId, MergeRequest> merges = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong(0xabc_0000);
  private final AtomicReference<Runnable> next = new AtomicReference<>(() -> {});

  private final AtomicReference<Runnable> nextCopy = new AtomicReference<>(() -> {});
  private final Map<Uid, Set<ObjectId>> copied = new ConcurrentHashMap<>();
  private final Set<Set<ObjectId>> tooLarge = ConcurrentHashMap.newKeySet();

  Graph(RecordStore records) {
    this.records = records;
  }

  /** Does something once, while a merge is computed that somebody asked for. */
  void duringNextMerge(Runnable something) {
    next.set(something);
  }

  ObjectId commit(ObjectId... of) {
    ObjectId id = ObjectId.of("%040x".formatted(ids.incrementAndGet()));
    parents.put(id, List.of(of));
    return id;
  }

  List<ObjectId> parentsOf(ObjectId commit) {
    return parents.getOrDefault(commit, List.of());
  }

  /** What was asked for when this commit was made by a merge. */
  MergeRequest request(ObjectId commit) {
    return Optional.ofNullable(merges.get(commit)).orElseThrow();
  }

  private Set<ObjectId> history(ObjectId tip) {
    Set<ObjectId> seen = new HashSet<>();
    Deque<ObjectId> next = new ArrayDeque<>(List.of(tip));
    while (!next.isEmpty()) {
      ObjectId commit = next.remove();
      if (seen.add(commit)) {
        next.addAll(parentsOf(commit));
      }
    }
    return seen;
  }

  @Override
  public boolean contains(Uid repository, ObjectId commit, ObjectId ancestor) {
    return parents.containsKey(ancestor) && history(commit).contains(ancestor);
  }

  @Override
  public Optional<Comparison> compare(Uid repository, ObjectId target, ObjectId head) {
    if (!parents.containsKey(target) || !parents.containsKey(head)) {
      return Optional.empty();
    }
    Set<ObjectId> common = history(target);
    common.retainAll(history(head));
    ObjectId base =
        common.stream()
            .max(Comparator.comparingInt((ObjectId id) -> history(id).size()))
            .orElse(null);
    Set<ObjectId> brought = history(head);
    brought.removeAll(history(target));
    return Optional.of(new Comparison(base, brought.size(), 0, 0, 0));
  }

  /** Does something once, while objects are copied. */
  void duringNextCopy(Runnable something) {
    nextCopy.set(something);
  }

  /** Everything that was copied into a repository and kept. */
  Set<ObjectId> copied(Uid repository) {
    return Set.copyOf(copied.getOrDefault(repository, Set.of()));
  }

  @Override
  public CopyAttempt copy(CopyRequest request) {
    nextCopy.getAndSet(() -> {}).run();
    for (ObjectId want : request.wants()) {
      if (!parents.containsKey(want)) {
        return new CopyAttempt.Missing(want);
      }
    }
    if (request.bound() == CopyRequest.Bound.PUSH && tooLarge.contains(request.wants())) {
      return new CopyAttempt.TooLarge("too many objects");
    }
    return new CopyAttempt.Copied(
        new PreparedObjects() {
          @Override
          public void publish() {}

          @Override
          public void keep() {
            copied
                .computeIfAbsent(request.to(), uid -> ConcurrentHashMap.newKeySet())
                .addAll(request.wants());
          }

          @Override
          public void close() {}
        });
  }

  /** Refuses to copy the commit as a push. */
  void refuseToCopy(ObjectId commit) {
    tooLarge.add(Set.of(commit));
  }

  @Override
  public MergeAttempt merge(Uid repository, MergeRequest request) {
    if (!request.message().equals("trial")) {
      next.getAndSet(() -> {}).run();
    }
    if (history(request.target()).contains(request.head())) {
      return new MergeAttempt.AlreadyMerged();
    }
    ObjectId commit =
        switch (request.form()) {
          case MERGE -> commit(request.target(), request.head());
          case SQUASH -> commit(request.target());
        };
    merges.put(commit, request);
    return new MergeAttempt.Merged(new Merged(commit));
  }

  private record Merged(ObjectId commit) implements PreparedMerge {
    @Override
    public void publish() {}

    @Override
    public void keep() {}

    @Override
    public void close() {}
  }

  @Override
  public void push(Uid repository, RefName head, InputStream in, OutputStream out, PushGate gate)
      throws IOException {
    String[] words = new String(in.readAllBytes(), StandardCharsets.UTF_8).split(" ");
    RefName ref = new RefName(words[0]);
    ObjectId old = words[1].equals("-") ? null : ObjectId.of(words[1]);
    ObjectId target = words[2].equals("-") ? null : ObjectId.of(words[2]);
    boolean forced = old != null && target != null && !history(target).contains(old);
    var outcome = gate.admit(new Pushed(repository, new RefUpdate(ref, old, target, forced)));
    String why = outcome.objections().getOrDefault(ref, "");
    out.write(why.getBytes(StandardCharsets.UTF_8));
  }

  private final class Pushed implements Quarantine {
    private final Uid repository;
    private final RefUpdate update;

    Pushed(Uid repository, RefUpdate update) {
      this.repository = repository;
      this.update = update;
    }

    @Override
    public List<RefUpdate> updates() {
      return List.of(update);
    }

    @Override
    public boolean atomic() {
      return false;
    }

    @Override
    public List<String> options() {
      return List.of();
    }

    @Override
    public Optional<ObjectId> mergeCommit(ObjectId target, @Nullable ObjectId without) {
      Set<ObjectId> brought = history(target);
      if (without != null) {
        brought.removeAll(history(without));
      }
      return brought.stream().filter(id -> parentsOf(id).size() > 1).findAny();
    }

    @Override
    public List<Operation.MoveRef> prepare(Collection<RefUpdate> accepted) {
      return accepted.stream()
          .map(
              u ->
                  new Operation.MoveRef(
                      repository, Template.of(u.ref().value()), u.old(), u.target()))
          .toList();
    }
  }

  Optional<ObjectId> at(Uid repository, String branch) {
    return RefName.ofBranch(branch).flatMap(ref -> records.ref(repository, ref));
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
