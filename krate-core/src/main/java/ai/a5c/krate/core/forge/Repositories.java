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
