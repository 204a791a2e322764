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

  private final Objects objects;
  private final Escalation escalation;

  RepositoryStrategy(Objects objects, Escalation escalation) {
    this.objects = objects;
    this.escalation = escalation;
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    return visible(context, object.withFinalizer(Marks.FINALIZER));
  }

  /** An update that does not speak of the visibility keeps it: it may have been the server's. */
  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    String visibility = old.text("spec", "visibility");
    return object.text("spec", "visibility").isEmpty() && !visibility.isEmpty()
        ? object.withText(visibility, "spec", "visibility")
        : object;
  }

  /** Nobody shows a repository to others who could not let them read it. */
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
    return context.onStatus() ? List.of() : secrets(old, object);
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

  /** A repository that does not name its visibility has the organization's default. */
  private ApiObject visible(WriteContext context, ApiObject object) {
    if (!object.text("spec", "visibility").isEmpty()) {
      return object;
    }
    String inherited =
        organization(context)
            .flatMap(name -> objects.get(ForgeKinds.ORGANIZATION, "", name))
            .map(organization -> organization.text("spec", "defaultVisibility"))
            .orElse("");
    return object.withText(inherited.isEmpty() ? "Private" : inherited, "spec", "visibility");
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
