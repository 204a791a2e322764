package ai.a5c.krate.core;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Bytes;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A backend whose commits have parents and files, the same in every repository; in a merge the
 * files of the head win, so that nothing ever conflicts. The body of a push is text: a line {@code
 * atomic} if it is, and lines of ref and target, {@code -} to delete; the answer has a line for
 * each ref with {@code ok} or why not.
 */
public final class CommitGraph implements GitBackend {
  private final RecordStore records;
  private final Map<ObjectId, Commit> commits = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong(0xabc_0000);
  private final Map<ObjectId, MergeRequest> merges = new ConcurrentHashMap<>();
  private final Map<Uid, Set<ObjectId>> copied = new ConcurrentHashMap<>();
  private final Set<Set<ObjectId>> tooLarge = ConcurrentHashMap.newKeySet();
  private final Queue<Runnable> prepared = new ConcurrentLinkedQueue<>();
  private final AtomicReference<Runnable> nextMerge = new AtomicReference<>(() -> {});
  private final AtomicReference<Runnable> nextCopy = new AtomicReference<>(() -> {});
  private volatile Runnable received = () -> {};

  private record Commit(List<ObjectId> parents, Map<String, String> files) {
    Commit {
      parents = List.copyOf(parents);
      files = new TreeMap<>(files);
    }
  }

  public CommitGraph(RecordStore records) {
    this.records = records;
  }

  /** Does something whenever a push is received, before its gate is asked. */
  public void whenReceived(Runnable action) {
    received = action;
  }

  /** Does something once, when the gate has decided and is about to commit. */
  public void whenPrepared(Runnable action) {
    prepared.add(action);
  }

  /** Does something once, while a merge is computed that somebody asked for. */
  public void duringNextMerge(Runnable action) {
    nextMerge.set(action);
  }

  /** Does something once, while objects are copied. */
  public void duringNextCopy(Runnable action) {
    nextCopy.set(action);
  }

  /** Refuses to copy the commit as a push. */
  public void refuseToCopy(ObjectId commit) {
    tooLarge.add(Set.of(commit));
  }

  /** A new commit without files. */
  public ObjectId commit(ObjectId... parents) {
    return commit(Map.of(), parents);
  }

  /** A new commit with text files by path. */
  public ObjectId commit(Map<String, String> files, ObjectId... parents) {
    ObjectId id = ObjectId.of("%040x".formatted(ids.incrementAndGet()));
    commits.put(id, new Commit(List.of(parents), files));
    return id;
  }

  public List<ObjectId> parentsOf(ObjectId commit) {
    return of(commit).parents();
  }

  /** What was asked for when this commit was made by a merge. */
  public MergeRequest request(ObjectId commit) {
    return Optional.ofNullable(merges.get(commit)).orElseThrow();
  }

  /** Everything that was copied into a repository and kept. */
  public Set<ObjectId> copied(Uid repository) {
    return Set.copyOf(copied.getOrDefault(repository, Set.of()));
  }

  public Optional<ObjectId> at(Uid repository, String branch) {
    return RefName.ofBranch(branch).flatMap(ref -> records.ref(repository, ref));
  }

  private Commit of(ObjectId commit) {
    return Objects.requireNonNull(commits.get(commit), commit::hex);
  }

  private Set<ObjectId> history(@Nullable ObjectId tip) {
    Set<ObjectId> seen = new LinkedHashSet<>();
    Deque<ObjectId> next = new ArrayDeque<>();
    if (tip != null) {
      next.add(tip);
    }
    while (!next.isEmpty()) {
      ObjectId commit = next.remove();
      if (commits.containsKey(commit) && seen.add(commit)) {
        next.addAll(parentsOf(commit));
      }
    }
    return seen;
  }

  @Override
  public boolean contains(Uid repository, ObjectId commit, ObjectId ancestor) {
    return history(commit).contains(ancestor);
  }

  @Override
  public Optional<Comparison> compare(Uid repository, ObjectId target, ObjectId head) {
    if (!commits.containsKey(target) || !commits.containsKey(head)) {
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

  @Override
  public Optional<FolderFiles> files(Uid repository, ObjectId commit, FolderFiles.Wanted wanted) {
    if (!commits.containsKey(commit)) {
      return Optional.empty();
    }
    List<FolderFiles.File> files = new ArrayList<>();
    of(commit)
        .files()
        .forEach(
            (path, text) -> {
              int slash = path.lastIndexOf('/');
              boolean here = slash > 0 && path.substring(0, slash).equals(wanted.path());
              if (here && wanted.suffixes().stream().anyMatch(path::endsWith)) {
                Bytes content = Bytes.utf8(text);
                files.add(
                    new FolderFiles.File(
                        path.substring(slash + 1),
                        content.size(),
                        content.size() > wanted.mostBytes() ? null : content));
              }
            });
    boolean more = files.size() > wanted.mostFiles();
    return Optional.of(new FolderFiles(more ? files.subList(0, wanted.mostFiles()) : files, more));
  }

  @Override
  public Optional<ChangedPaths> changedPaths(Uid repository, ObjectId from, ObjectId to, int most) {
    Map<String, String> before = of(from).files();
    Map<String, String> after = of(to).files();
    Set<String> paths = new TreeSet<>(before.keySet());
    paths.addAll(after.keySet());
    paths.removeIf(path -> Objects.equals(before.get(path), after.get(path)));
    return Optional.of(new ChangedPaths(List.copyOf(paths), false));
  }

  @Override
  public MergeAttempt merge(Uid repository, MergeRequest request) {
    if (!request.message().equals("trial")) {
      nextMerge.getAndSet(() -> {}).run();
    }
    if (history(request.target()).contains(request.head())) {
      return new MergeAttempt.AlreadyMerged();
    }
    Map<String, String> files = new TreeMap<>(of(request.target()).files());
    files.putAll(of(request.head()).files());
    ObjectId commit =
        switch (request.form()) {
          case MERGE -> commit(files, request.target(), request.head());
          case SQUASH -> commit(files, request.target());
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
  public CopyAttempt copy(CopyRequest request) {
    nextCopy.getAndSet(() -> {}).run();
    for (ObjectId want : request.wants()) {
      if (!commits.containsKey(want)) {
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
      String line = update.ref() + " " + objections.getOrDefault(update.ref(), "ok") + "\n";
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
      return brought.stream().filter(id -> parentsOf(id).size() > 1).findAny();
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
    throw new UnsupportedOperationException("there are no trees");
  }

  @Override
  public void export(Uid repository, RefName head, Path folder) {
    throw new UnsupportedOperationException("there is nothing but a graph");
  }

  @Override
  public void close() {}
}
