package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.spi.git.CommitLog;
import ai.a5c.krate.spi.git.GitBackend;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Commits in lines, without content, as a backend that can tell of them and do nothing else. */
final class Commits {
  private final Map<ObjectId, Optional<ObjectId>> parents = new ConcurrentHashMap<>();

  /** A commit after another one, or the first of a line. */
  ObjectId after(@Nullable ObjectId parent) {
    ObjectId id = ObjectId.of("%040x".formatted(0xabc000 + parents.size()));
    parents.put(id, Optional.ofNullable(parent));
    return id;
  }

  GitBackend backend() {
    return (GitBackend)
        Proxy.newProxyInstance(
            Commits.class.getClassLoader(),
            new Class<?>[] {GitBackend.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "log" ->
                      log((ObjectId) arguments[1], (ObjectId) arguments[2], (int) arguments[3]);
                  case "contains" ->
                      history((ObjectId) arguments[1]).contains((ObjectId) arguments[2]);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private Optional<CommitLog> log(ObjectId tip, @Nullable ObjectId known, int most) {
    if (!parents.containsKey(tip)) {
      return Optional.empty();
    }
    List<ObjectId> commits = history(tip);
    if (known != null) {
      commits.removeAll(history(known));
    }
    return Optional.of(
        new CommitLog(
            commits.stream()
                .limit(most)
                .map(id -> new CommitLog.Commit(id, "A change", "Ada", "ada@x", Instant.EPOCH))
                .toList(),
            commits.size()));
  }

  private List<ObjectId> history(ObjectId tip) {
    List<ObjectId> line = new ArrayList<>();
    for (Optional<ObjectId> at = Optional.of(tip); at.isPresent(); at = parent(at.get())) {
      line.add(at.get());
    }
    return line;
  }

  private Optional<ObjectId> parent(ObjectId id) {
    return parents.getOrDefault(id, Optional.empty());
  }
}
