package ai.a5c.krate.core.permission;

import ai.a5c.krate.api.config.RepositoryPermission;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.kind.SchemaValidation;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.Escalation;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.RepositoryRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who may give permissions: one who maintains the repository, and no more than he has himself. */
final class PermissionStrategy implements Strategy {
  /** The names of its Role and RoleBinding have a prefix, and no more than 253 characters. */
  private static final int LONGEST_NAME = 200;

  private final Repositories repositories;
  private final Escalation escalation;

  PermissionStrategy(Repositories repositories, Escalation escalation) {
    this.repositories = repositories;
    this.escalation = escalation;
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    return object.withFinalizer(Marks.FINALIZER);
  }

  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    boolean gives =
        !context.onStatus()
            && !object.isTerminating()
            && (old == null || !old.at("spec").equals(object.at("spec")));
    if (gives && SchemaValidation.errors(context.kind(), object.json()).isEmpty()) {
      String repository = object.text("spec", "repository");
      var spec = RecordCodec.read(RepositoryPermission.class, object.json()).spec();
      escalation.checkGrant(
          context,
          object.name(),
          context.namespace(),
          PermissionNames.role(spec.permission()),
          rules -> new RepositoryRules(repository, created()).narrow(rules));
    }
    return List.of(
        new Claim(
            "maintain", ForgeKinds.REPOSITORY.resource(), "", object.text("spec", "repository")));
  }

  /**
   * He must hold the right to create what belongs to a repository. What exists of it he decides
   * over who maintains the repository, which he must beside.
   */
  private static Map<Kind, List<String>> created() {
    return OwnedConfiguration.KINDS.stream()
        .collect(Collectors.toMap(Function.identity(), kind -> List.of()));
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    List<FieldError> errors = new ArrayList<>();
    String repository = object.text("spec", "repository");
    if (old == null && repositories.find(context.namespace(), repository).isEmpty()) {
      errors.add(FieldError.notFound("spec.repository", repository));
    }
    if (object.name().length() > LONGEST_NAME) {
      errors.add(
          FieldError.invalid(
              "metadata.name",
              object.name(),
              "must be no more than " + LONGEST_NAME + " characters"));
    }
    boolean account = object.text("spec", "subject", "kind").equals("ServiceAccount");
    if (!account && !object.text("spec", "subject", "namespace").isEmpty()) {
      errors.add(
          FieldError.forbidden("spec.subject.namespace", "only a ServiceAccount has a namespace"));
    }
    return errors;
  }
}
