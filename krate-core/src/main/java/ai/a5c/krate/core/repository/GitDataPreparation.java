package ai.a5c.krate.core.repository;

import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.spi.git.GitBackend;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the Git data of a new repository before it is committed, so that it can be cloned at once.
 */
final class GitDataPreparation implements Preparation {
  private final GitBackend git;

  GitDataPreparation(GitBackend git) {
    this.git = git;
  }

  @Override
  public Prepared prepare(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    return old == null ? new NewRepository(object) : Prepared.unchanged(object);
  }

  private final class NewRepository implements Prepared {
    private final ApiObject object;
    private boolean published;
    private boolean kept;

    NewRepository(ApiObject object) {
      this.object = object;
    }

    @Override
    public ApiObject object() {
      return object;
    }

    @Override
    public List<FieldError> errors() {
      return List.of();
    }

    @Override
    public void publish() {
      published = true;
      git.create(uid());
    }

    @Override
    public void addTo(Plan plan) {}

    @Override
    public void keep() {
      kept = true;
    }

    @Override
    public void close() {
      if (published && !kept) {
        git.delete(uid());
      }
    }

    private Uid uid() {
      return object.uid();
    }
  }
}
