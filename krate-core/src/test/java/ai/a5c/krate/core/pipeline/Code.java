package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.ChangedPaths;
import ai.a5c.krate.spi.git.Comparison;
import ai.a5c.krate.spi.git.FolderFiles;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import ai.a5c.krate.spi.git.PreparedMerge;
import ai.a5c.krate.spi.git.PushGate;
import ai.a5c.krate.spi.git.Quarantine;
import ai.a5c.krate.spi.git.RefUpdate;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A backend whose commits have parents and files, the same in every repository. The body of a push
 * has a line for each ref: its name, where the client believes it to be, and where it shall be,
 * {@code -} for nowhere; what is answered is empty, or why not.
 */
final class Code {
  private final Map<ObjectId, Commit> commits = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong(0xc0de_0000L);

  private record Commit(List<ObjectId> parents, Map<String, String> files) {
    Commit {
      parents = List.copyOf(parents);
      files = new TreeMap<>(files);
    }
  }

  /** As the forge sees it; what a test of records needs not, it cannot do. */
  GitBackend backend() {
    var door = new Door();
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          Method found = found(method);
          return found == null ? nothing(method) : found.invoke(door, arguments);
        };
    return (GitBackend)
        Proxy.newProxyInstance(
            Code.class.getClassLoader(), new Class<?>[] {GitBackend.class}, handler);
  }

  private static @Nullable Method found(Method method) {
    try {
      return Door.class.getDeclaredMethod(method.getName(), method.getParameterTypes());
    } catch (NoSuchMethodException e) {
      return null;
    }
  }

  private static @Nullable Object nothing(Method method) {
    if (method.getReturnType().equals(void.class)) {
      return null;
    }
    throw new UnsupportedOperationException(method.getName());
  }

  ObjectId commit(Map<String, String> files, ObjectId... parents) {
    ObjectId id = ObjectId.of("%040x".formatted(ids.incrementAndGet()));
    commits.put(id, new Commit(List.of(parents), files));
    return id;
  }

  Map<String, String> files(ObjectId commit) {
    return new TreeMap<>(of(commit).files());
  }

  private Commit of(ObjectId commit) {
    return Objects.requireNonNull(commits.get(commit), commit::hex);
  }

  private Set<ObjectId> history(ObjectId tip) {
    Set<ObjectId> seen = new HashSet<>();
    Deque<ObjectId> next = new ArrayDeque<>(List.of(tip));
    while (!next.isEmpty()) {
      ObjectId commit = next.remove();
      if (seen.add(commit)) {
        next.addAll(of(commit).parents());
      }
    }
    return seen;
  }

  private Optional<ObjectId> base(ObjectId one, ObjectId other) {
    if (!commits.containsKey(one) || !commits.containsKey(other)) {
      return Optional.empty();
    }
    Set<ObjectId> common = history(one);
    common.retainAll(history(other));
    return common.stream().max((a, b) -> Integer.compare(history(a).size(), history(b).size()));
  }

  /** The methods of the backend that are there. */
  private final class Door {
    @SuppressWarnings("unused")
    public boolean contains(Uid repository, ObjectId commit, ObjectId ancestor) {
      return commits.containsKey(commit) && history(commit).contains(ancestor);
    }

    @SuppressWarnings("unused")
    public Optional<ObjectId> mergeBase(Uid repository, ObjectId one, ObjectId other) {
      return base(one, other);
    }

    @SuppressWarnings("unused")
    public Optional<Comparison> compare(Uid repository, ObjectId target, ObjectId head) {
      return base(target, head).map(found -> new Comparison(found, 1, 0, 0, 0));
    }

    @SuppressWarnings("unused")
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
      return Optional.of(
          new FolderFiles(more ? files.subList(0, wanted.mostFiles()) : files, more));
    }

    @SuppressWarnings("unused")
    public Optional<ChangedPaths> changedPaths(
        Uid repository, ObjectId from, ObjectId to, int most) {
      Map<String, String> before = of(from).files();
      Map<String, String> after = of(to).files();
      Set<String> paths = new TreeSet<>(before.keySet());
      paths.addAll(after.keySet());
      paths.removeIf(path -> Objects.equals(before.get(path), after.get(path)));
      return Optional.of(new ChangedPaths(List.copyOf(paths), false));
    }

    @SuppressWarnings("unused")
    public MergeAttempt merge(Uid repository, MergeRequest request) {
      if (history(request.target()).contains(request.head())) {
        return new MergeAttempt.AlreadyMerged();
      }
      Map<String, String> files = new TreeMap<>(of(request.target()).files());
      files.putAll(of(request.head()).files());
      return new MergeAttempt.Merged(
          new Merged(Code.this.commit(files, request.target(), request.head())));
    }

    @SuppressWarnings("unused")
    public void push(Uid repository, RefName head, InputStream in, OutputStream out, PushGate gate)
        throws IOException {
      List<RefUpdate> updates = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        String[] words = line.split(" ");
        ObjectId old = words[1].equals("-") ? null : ObjectId.of(words[1]);
        ObjectId target = words[2].equals("-") ? null : ObjectId.of(words[2]);
        boolean forced = old != null && target != null && !history(target).contains(old);
        updates.add(new RefUpdate(new RefName(words[0]), old, target, forced));
      }
      var outcome = gate.admit(new Pushed(repository, updates));
      out.write(String.join("\n", outcome.objections().values()).getBytes(StandardCharsets.UTF_8));
    }
  }

  private record Merged(ObjectId commit) implements PreparedMerge {
    @Override
    public void publish() {}

    @Override
    public void keep() {}

    @Override
    public void close() {}
  }

  private record Pushed(Uid repository, List<RefUpdate> updates) implements Quarantine {
    Pushed {
      updates = List.copyOf(updates);
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
      return Optional.empty();
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
}
