package ai.a5c.krate.core.merge;

import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.core.forge.Assessor;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.Room;
import ai.a5c.krate.spi.git.GitBackend;
import java.util.Map;

/** Merging pull requests. */
public final class MergeRoom implements Room {
  private final Repositories repositories;
  private final Assessor assessor;
  private final GitBackend git;

  public MergeRoom(Objects objects, Assessor assessor, GitBackend git) {
    this.repositories = new Repositories(objects);
    this.assessor = assessor;
    this.git = git;
  }

  @Override
  public Map<Kind, Preparation> preparations() {
    return Map.of(ForgeKinds.PULL_REQUEST, new MergePreparation(repositories, assessor, git));
  }
}
