package ai.a5c.krate.core.repository;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Repositories live in the namespace of an organization; their name is a part of URLs and of record
 * names.
 */
final class RepositoryStrategy implements Strategy {
  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  private final Objects objects;

  RepositoryStrategy(Objects objects) {
    this.objects = objects;
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    List<String> finalizers = new ArrayList<>(object.finalizers());
    if (!finalizers.contains(Marks.FINALIZER)) {
      finalizers.add(Marks.FINALIZER);
    }
    return object.withFinalizers(finalizers);
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
    Kind namespaces = ForgeKinds.NAMESPACE;
    return objects
        .get(namespaces, "", context.namespace())
        .filter(namespace -> namespace.labels().containsKey(Marks.ORGANIZATION))
        .isPresent();
  }
}
