package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import java.util.Optional;

/** Finds repositories and their branches. May be used from many threads at once. */
public final class Repositories {
  private final Objects objects;

  public Repositories(Objects objects) {
    this.objects = objects;
  }

  /** The repository of a namespace, unless it is missing or going away. */
  public Optional<ApiObject> find(String namespace, String name) {
    return objects.get(ForgeKinds.REPOSITORY, namespace, name).filter(r -> !r.isTerminating());
  }

  /** The commit that a branch is at. */
  public Optional<ObjectId> branch(ApiObject repository, String branch) {
    return RefName.ofBranch(branch).flatMap(ref -> objects.records().ref(repository.uid(), ref));
  }

  /** Whether the repository was forked from another one, which may be gone. */
  public static boolean isFork(ApiObject repository) {
    return !repository.text("spec", "forkOf").isEmpty();
  }

  /** The repository that a fork was made from, unless it is gone: a namesake is another one. */
  public Optional<ApiObject> parent(ApiObject fork) {
    String uid = fork.text("status", "parent", "uid");
    return find(fork.namespace(), fork.text("spec", "forkOf"))
        .filter(parent -> parent.uid().toString().equals(uid));
  }

  /** Whether a fork is still without what it begins with: nobody may look into it yet. */
  public boolean awaitsCopy(ApiObject repository) {
    return isFork(repository)
        && objects.get(ForkCopy.KIND, "", repository.uid().toString()).isEmpty();
  }

  /**
   * The uid of the repository that a family of forks begins with: its own if it was not forked. It
   * is handed down, so that a family does not fall apart when one of its repositories goes.
   */
  public static String family(ApiObject repository) {
    String family = repository.text("status", "parent", "family");
    return family.isEmpty() ? repository.uid().toString() : family;
  }

  /** Whether a pull request's source branch is in another repository than it goes to. */
  public static boolean isFromFork(ApiObject pull) {
    return pull.isTrue("status", "fork");
  }

  /**
   * The repository that a pull request's source branch is in, unless that is gone: a namesake is
   * another one.
   */
  public Optional<ApiObject> source(ApiObject pull) {
    String uid = pull.text("status", "sourceUid");
    return isFromFork(pull)
        ? find(pull.namespace(), pull.text("spec", "sourceRepository"))
            .filter(source -> source.uid().toString().equals(uid))
        : find(pull.namespace(), pull.text("spec", "repository"));
  }

  /** The commit that a pull request's source branch is at, unless it is gone. */
  public Optional<ObjectId> sourceTip(ApiObject pull) {
    return source(pull).flatMap(source -> branch(source, pull.text("spec", "sourceBranch")));
  }

  /** The branch that HEAD names. */
  public static String defaultBranch(ApiObject repository) {
    String branch = repository.text("spec", "defaultBranch");
    return branch.isEmpty() ? "main" : branch;
  }

  /** The ref that HEAD names. */
  public static RefName head(ApiObject repository) {
    return RefName.ofBranch(defaultBranch(repository))
        .orElseThrow(
            () -> new IllegalStateException("the default branch is not a branch: " + repository));
  }
}
