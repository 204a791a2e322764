package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.spi.git.CommitLog;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.GitUnavailableException;
import ai.a5c.krate.spi.git.UnknownRepositoryException;
import ai.a5c.krate.spi.storage.Change;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the events of a moved ref say of it. */
final class PushData {
  private static final Logger LOG = System.getLogger(PushData.class.getName());
  private static final int MOST_COMMITS = 50;

  private final HookKinds kinds;
  private final Objects objects;
  private final GitBackend git;

  PushData(HookKinds kinds, Objects objects, GitBackend git) {
    this.kinds = kinds;
    this.objects = objects;
    this.git = git;
  }

  /** The ref, and where it was and is. */
  static JsonObject bare(Change.RefMoved change) {
    return begun(change).build();
  }

  /**
   * The same with what the push brought: the commits that were not in the history of where the ref
   * was, or for a new ref of the default branch. Without that if the repository has lost the
   * commits meanwhile.
   */
  JsonObject whole(Change.RefMoved change, ObjectName repository) {
    JsonObjectBuilder data = begun(change);
    ObjectId target = change.target();
    if (target == null) {
      return data.add("forced", false)
          .add("commits", jakarta.json.JsonValue.EMPTY_JSON_ARRAY)
          .add("total", 0)
          .build();
    }
    try {
      ObjectId old = change.old();
      Uid uid = change.repository();
      Optional<CommitLog> log =
          git.log(uid, target, old == null ? beside(change, repository) : old, MOST_COMMITS);
      if (log.isPresent()) {
        var commits = Json.array();
        log.get().commits().forEach(commit -> commits.add(shown(commit)));
        data.add("forced", old != null && !git.contains(uid, target, old))
            .add("commits", commits)
            .add("total", log.get().total());
      }
    } catch (UnknownRepositoryException e) {
      LOG.log(Level.DEBUG, "the repository {0} is gone: a push is told of bare", repository);
    } catch (GitUnavailableException e) {
      LOG.log(Level.WARNING, "a push to " + repository + " is told of bare", e);
    }
    return data.build();
  }

  /** Where the default branch is, to which a new ref is compared. */
  private @Nullable ObjectId beside(Change.RefMoved change, ObjectName name) {
    Optional<ApiObject> repository = objects.get(kinds.repository(), name.namespace(), name.name());
    String branch = repository.map(r -> r.text("spec", "defaultBranch")).orElse("");
    return RefName.ofBranch(branch.isEmpty() ? "main" : branch)
        .filter(ref -> !ref.equals(change.ref()))
        .flatMap(ref -> objects.records().ref(change.repository(), ref))
        .orElse(null);
  }

  private static JsonObjectBuilder begun(Change.RefMoved change) {
    ObjectId old = change.old();
    ObjectId target = change.target();
    String zero = "0".repeat(String.valueOf(target == null ? old : target).length());
    return Json.object()
        .add("ref", change.ref().value())
        .add("before", old == null ? zero : old.toString())
        .add("after", target == null ? zero : target.toString());
  }

  private static JsonObjectBuilder shown(CommitLog.Commit commit) {
    return Json.object()
        .add("id", commit.id().toString())
        .add("message", commit.message())
        .add(
            "author",
            Json.object()
                .add("name", commit.author())
                .add("email", commit.email())
                .add("time", commit.time().toString()));
  }
}
