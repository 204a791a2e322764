package ai.a5c.krate.core.repository;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.Escalation;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.ForgeRoles;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.RepositoryRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Repositories live in the namespace of an organization; their name is a part of URLs and of record
 * names.
 */
final class RepositoryStrategy implements Strategy {
  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  /** From what few may see to what everybody may. */
  private static final List<String> WIDER = List.of("Private", "Internal", "Public");

  private final Objects objects;
  private final Repositories repositories;
  private final Arrivals arrivals;
  private final Escalation escalation;

  RepositoryStrategy(Objects objects, Arrivals arrivals, Escalation escalation) {
    this.objects = objects;
    this.repositories = new Repositories(objects);
    this.arrivals = arrivals;
    this.escalation = escalation;
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    ApiObject created = object.withFinalizer(Marks.FINALIZER);
    if (!Repositories.isFork(created)) {
      return visible(context, created, "Public");
    }
    Optional<ApiObject> parent = named(context, created);
    if (parent.isEmpty()) {
      return visible(context, created, "Private");
    }
    created =
        created
            .withText(parent.get().uid().toString(), "status", "parent", "uid")
            .withText(Repositories.family(parent.get()), "status", "parent", "family");
    return visible(context, created, visibility(parent.get()));
  }

  private Optional<ApiObject> named(WriteContext context, ApiObject fork) {
    return repositories.find(context.namespace(), fork.text("spec", "forkOf"));
  }

  /** A new fork is told of once it can be cloned, if that does not take long. */
  @Override
  public void written(ApiObject object) {
    boolean untouched = object.at("status", "conditions").isEmpty();
    if (untouched && !object.isTerminating()) {
      arrivals.await(object);
    }
  }

  /** An update that does not speak of the visibility keeps it: it may have been the server's. */
  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    String visibility = old.text("spec", "visibility");
    return object.text("spec", "visibility").isEmpty() && !visibility.isEmpty()
        ? object.withText(visibility, "spec", "visibility")
        : object;
  }

  /**
   * Nobody shows a repository to others who could not let them read it, or forks what he may not
   * fetch.
   */
  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    String visibility = object.text("spec", "visibility");
    boolean shows =
        !context.onStatus()
            && (visibility.equals("Public") || visibility.equals("Internal"))
            && (old == null || !visibility.equals(old.text("spec", "visibility")));
    if (shows) {
      escalation.checkGrant(
          context,
          object.name(),
          context.namespace(),
          ForgeRoles.VIEWER,
          rules -> new RepositoryRules(object.name(), Map.of()).narrow(rules));
    }
    List<Claim> claims = new ArrayList<>();
    String parent = object.text("spec", "forkOf");
    if (old == null && !parent.isEmpty()) {
      claims.add(new Claim("get", ForgeKinds.REPOSITORY.resource(), "git", parent, "spec.forkOf"));
    }
    if (!context.onStatus()) {
      claims.addAll(secrets(old, object));
    }
    return claims;
  }

  /** Nobody lets jobs get a Secret that he may not get himself. */
  private static List<Claim> secrets(@Nullable ApiObject old, ApiObject object) {
    Set<String> added = new TreeSet<>(JsonTree.textsAt(object.json(), "spec", "secrets"));
    if (old != null) {
      added.removeAll(JsonTree.textsAt(old.json(), "spec", "secrets"));
    }
    return added.stream()
        .map(name -> new Claim("get", ForgeKinds.SECRET.resource(), "", name))
        .toList();
  }

  /**
   * A repository that does not name its visibility has the organization's default, as far as that
   * goes.
   */
  private ApiObject visible(WriteContext context, ApiObject object, String widest) {
    if (!object.text("spec", "visibility").isEmpty()) {
      return object;
    }
    String inherited =
        organization(context)
            .flatMap(name -> objects.get(ForgeKinds.ORGANIZATION, "", name))
            .map(organization -> organization.text("spec", "defaultVisibility"))
            .orElse("");
    String wanted = inherited.isEmpty() ? "Private" : inherited;
    return object.withText(isWider(wanted, widest) ? widest : wanted, "spec", "visibility");
  }

  private static String visibility(ApiObject repository) {
    String visibility = repository.text("spec", "visibility");
    return visibility.isEmpty() ? "Private" : visibility;
  }

  private static boolean isWider(String one, String other) {
    return WIDER.indexOf(one) > WIDER.indexOf(other);
  }

  /**
   * A fork is shown to nobody who could not see its parent: what is in it is not its owner's alone.
   * Without the parent it stays what it is, or becomes narrower.
   */
  private List<FieldError> validateFork(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    String name = object.text("spec", "forkOf");
    Optional<ApiObject> parent = repositories.parent(object);
    if (old == null && (parent.isEmpty() || !DNS_LABEL.matcher(name).matches())) {
      return List.of(FieldError.notFound("spec.forkOf", name));
    }
    String visibility = visibility(object);
    String widest = parent.map(RepositoryStrategy::visibility).orElse("");
    boolean widens = old == null || isWider(visibility, visibility(old));
    if (context.onStatus() || !widens || !isWider(visibility, widest)) {
      return List.of();
    }
    return List.of(
        FieldError.invalid(
            "spec.visibility",
            visibility,
            parent.isPresent()
                ? "a fork is not shown to more people than its parent, which is " + widest
                : "the parent of this fork is gone, so that it is not shown to more people"));
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    List<FieldError> errors = new ArrayList<>();
    if (old == null && !DNS_LABEL.matcher(object.name()).matches()) {
      errors.add(
          FieldError.invalid(
              "metadata.name",
              object.name(),
              "must be a DNS label: at most 63 lower case letters, digits and '-'"));
    }
    if (old == null && !inOrganization(context)) {
      errors.add(
          FieldError.invalid(
              "metadata.namespace",
              context.namespace(),
              "repositories live in the namespace of an organization; this namespace has no label "
                  + Marks.ORGANIZATION));
    }
    String branch = object.text("spec", "defaultBranch");
    if (RefName.ofBranch(branch).isEmpty()) {
      errors.add(FieldError.invalid("spec.defaultBranch", branch, "not the name of a branch"));
    }
    if (Repositories.isFork(object) && !object.isTerminating()) {
      errors.addAll(validateFork(context, old, object));
    }
    return errors;
  }

  private boolean inOrganization(WriteContext context) {
    return organization(context).isPresent();
  }

  /** The name of the organization that owns the namespace. */
  private Optional<String> organization(WriteContext context) {
    return objects
        .get(ForgeKinds.NAMESPACE, "", context.namespace())
        .map(namespace -> namespace.labels().get(Marks.ORGANIZATION));
  }
}
