package ai.a5c.krate.core.review;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.git.CopyAttempt;
import ai.a5c.krate.spi.git.CopyRequest;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.PreparedObjects;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings the head of a pull request from a fork into the repository that it goes to, whenever one
 * is opened or its head is written anew: as much as a push may bring, ahead of the transaction that
 * lets the pull request's ref point there.
 */
final class ForkHeadPreparation implements Preparation {
  private final Repositories repositories;
  private final GitBackend git;

  ForkHeadPreparation(Repositories repositories, GitBackend git) {
    this.repositories = repositories;
    this.git = git;
  }

  @Override
  public Prepared prepare(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    String head = object.text("status", "head", "commit");
    boolean known =
        old != null && Pulls.isOpen(old) && old.text("status", "head", "commit").equals(head);
    if (!Repositories.isFromFork(object) || !Pulls.isOpen(object) || known || head.isEmpty()) {
      return Prepared.unchanged(object);
    }
    Optional<ApiObject> source = repositories.source(object);
    Optional<ApiObject> target =
        repositories.find(context.namespace(), object.text("spec", "repository"));
    if (source.isEmpty()
        || target.isEmpty()
        || !Repositories.family(source.get()).equals(Repositories.family(target.get()))) {
      return Prepared.unchanged(object); // validation says what is wrong
    }
    CopyAttempt attempt =
        git.copy(
            CopyRequest.asPush(source.get().uid(), target.get().uid(), List.of(ObjectId.of(head))));
    return switch (attempt) {
      case CopyAttempt.Copied(PreparedObjects objects) -> new Brought(object, objects);
      case CopyAttempt.Missing missing -> refused(object, "commit " + head + " is gone");
      case CopyAttempt.TooLarge(String why) -> refused(object, "it would bring " + why);
    };
  }

  private static Prepared refused(ApiObject object, String why) {
    return Prepared.refused(object, List.of(FieldError.forbidden("spec.sourceBranch", why)));
  }

  private record Brought(ApiObject object, PreparedObjects objects) implements Prepared {
    @Override
    public List<FieldError> errors() {
      return List.of();
    }

    @Override
    public void publish() {
      objects.publish();
    }

    @Override
    public void addTo(Plan plan) {}

    @Override
    public void keep() {
      objects.keep();
    }

    @Override
    public void close() {
      objects.close();
    }
  }
}
