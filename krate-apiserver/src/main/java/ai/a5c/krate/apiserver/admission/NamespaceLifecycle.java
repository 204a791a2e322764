package ai.a5c.krate.apiserver.admission;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Lets objects be created only in namespaces that exist and are not going away, as Kubernetes'
 * admission plugin of the same name.
 */
public final class NamespaceLifecycle implements MutatingAdmission {
  private final Objects objects;
  private final Kind namespaces;

  /**
   * Looks namespaces up in the registry.
   *
   * @param namespaces the kind Namespace
   */
  public NamespaceLifecycle(Objects objects, Kind namespaces) {
    this.objects = objects;
    this.namespaces = namespaces;
  }

  @Override
  public ApiObject mutate(Admission asked, ApiObject object) {
    return admitted(asked, object, this::read);
  }

  @Override
  public MutatingAdmission once() {
    Map<String, ApiObject> known = new HashMap<>();
    return (asked, object) ->
        admitted(asked, object, name -> known.computeIfAbsent(name, this::read));
  }

  private ApiObject read(String name) {
    return objects
        .get(namespaces, "", name)
        .orElseThrow(() -> new ApiException(new Problem.NotFound(namespaces.resource(), name)));
  }

  private static ApiObject admitted(
      Admission asked, ApiObject object, Function<String, ApiObject> namespaces) {
    String name = asked.context().namespace();
    if (asked.operation() != Admission.Operation.CREATE || name.isEmpty()) {
      return object;
    }
    GroupResource resource = asked.context().kind().resource();
    ApiObject namespace = namespaces.apply(name);
    if (namespace.isTerminating()) {
      String message =
          resource
              + (object.name().isEmpty() ? "" : " \"" + object.name() + "\"")
              + " is forbidden: unable to create new content in namespace "
              + name
              + " because it is being terminated";
      throw new ApiException(
          new Problem.Forbidden(
              resource,
              object.name(),
              message,
              List.of(
                  new FieldError(
                      FieldError.Reason.NAMESPACE_TERMINATING,
                      "metadata.namespace",
                      "namespace " + name + " is being terminated"))));
    }
    return object;
  }
}
