package ai.a5c.krate.core.review;

import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Numbering;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.Repositories;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The life of an issue: open or closed. */
final class IssueStrategy implements Strategy {
  private final Repositories repositories;

  IssueStrategy(Repositories repositories) {
    this.repositories = repositories;
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    return phased(Records.opened(context, object));
  }

  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    return context.onStatus() ? object : phased(Records.labelled(object));
  }

  @Override
  public Optional<Scope> scope() {
    return Optional.of(Records.scope());
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    List<FieldError> errors = new ArrayList<>();
    if (old == null) {
      errors.addAll(Records.reservedName(object));
      String repository = object.text("spec", "repository");
      if (repositories.find(context.namespace(), repository).isEmpty()) {
        errors.add(FieldError.notFound("spec.repository", repository));
      }
    }
    if (!object.text("spec", "closeReason").isEmpty() && !object.isTrue("spec", "closed")) {
      errors.add(FieldError.forbidden("spec.closeReason", "only a closed issue has one"));
    }
    return errors;
  }

  @Override
  public Optional<Numbering> numbering(ApiObject object) {
    String repository = object.text("spec", "repository");
    return Optional.of(
        new Numbering(
            Records.counter(object.namespace(), repository),
            repository + "-",
            List.of(new Numbering.Place(List.of("status", "number"), "", "", true))));
  }

  private static ApiObject phased(ApiObject object) {
    return object.withText(object.isTrue("spec", "closed") ? "Closed" : "Open", "status", "phase");
  }
}
