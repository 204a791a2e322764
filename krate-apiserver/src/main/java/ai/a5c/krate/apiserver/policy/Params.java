package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy.ParamKind;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding.ParamRef;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding.ParameterNotFoundAction;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.wire.LabelSelector;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the objects that parameterize policies, as they are stored now. Used for one request. */
final class Params {
  /** The most objects that one binding asks its policy with. */
  static final int MOST = 100;

  /** The most objects that are looked at for a selector. */
  private static final int MOST_READ = 2_000;

  private static final int PAGE = 500;

  private final Objects objects;
  private final Kinds kinds;
  private final Map<Place, Optional<ApiObject>> read = new HashMap<>();

  private record Place(Kind kind, String namespace, String name) {}

  /** What a binding names. */
  sealed interface Found {
    /** Each asks the policy once; nothing stands for no parameters. */
    record These(List<Optional<ApiObject>> objects) implements Found {
      public These {
        objects = List.copyOf(objects);
      }
    }

    /** The binding and its policy do not go together, or the parameters are missing. */
    record Wrong(String why) implements Found {}
  }

  Params(Objects objects, Kinds kinds) {
    this.objects = objects;
    this.kinds = kinds;
  }

  /** The kind that a policy's parameters are of, if it is served and may be shown to policies. */
  static Optional<Kind> kind(Kinds kinds, ParamKind wanted) {
    String version = wanted.apiVersion();
    String group = version.contains("/") ? version.substring(0, version.indexOf('/')) : "";
    return kinds
        .byName(group, wanted.kind())
        .filter(kind -> kind.apiVersion().equals(version) && !kind.sealed());
  }

  Found of(CompiledPolicy policy, CompiledBinding binding, String requestNamespace) {
    ParamKind wanted = policy.paramKind();
    ParamRef ref = binding.params();
    if (wanted == null || ref == null) {
      return new Found.These(List.of(Optional.empty()));
    }
    Optional<Kind> kind = kind(kinds, wanted);
    if (kind.isEmpty()) {
      return new Found.Wrong(
          "paramKind kind `" + wanted.apiVersion() + ", Kind=" + wanted.kind() + "` not known");
    }
    String namespace = "";
    if (kind.get().namespaced()) {
      namespace = ref.namespace().isEmpty() ? requestNamespace : ref.namespace();
      if (namespace.isEmpty()) {
        return new Found.Wrong(
            "cannot use namespaced paramRef in policy binding that matches cluster-scoped"
                + " resources");
      }
    } else if (!ref.namespace().isEmpty()) {
      return new Found.Wrong(
          "paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
    }
    return found(kind.get(), namespace, ref, binding.selector());
  }

  private Found found(Kind kind, String namespace, ParamRef ref, @Nullable LabelSelector selector) {
    List<Optional<ApiObject>> found = new ArrayList<>();
    if (selector != null) {
      Optional<Found.Wrong> tooMany = select(kind, namespace, selector, found);
      if (tooMany.isPresent()) {
        return tooMany.get();
      }
    } else {
      get(kind, namespace, ref.name()).ifPresent(object -> found.add(Optional.of(object)));
    }
    if (found.isEmpty() && ref.parameterNotFoundAction() != ParameterNotFoundAction.ALLOW) {
      return new Found.Wrong(
          "no params found for policy binding with `Deny` parameterNotFoundAction");
    }
    return new Found.These(found);
  }

  private Optional<ApiObject> get(Kind kind, String namespace, String name) {
    return read.computeIfAbsent(
        new Place(kind, namespace, name), place -> objects.get(kind, namespace, name));
  }

  private Optional<Found.Wrong> select(
      Kind kind, String namespace, LabelSelector selector, List<Optional<ApiObject>> found) {
    ListRequest.Place after = null;
    int looked = 0;
    Listing page;
    do {
      page = objects.list(kind, namespace, after, PAGE, null);
      for (StoredObject stored : page.objects()) {
        ApiObject object = objects.read(kind, stored);
        if (selector.matches(object.labels())) {
          found.add(Optional.of(object));
        }
        after = new ListRequest.Place(stored.key().namespace(), stored.key().name());
      }
      looked += page.objects().size();
    } while (page.more() && looked < MOST_READ && found.size() <= MOST);
    return found.size() > MOST || page.more()
        ? Optional.of(
            new Found.Wrong(
                "the selector of the params is for at most "
                    + MOST
                    + " objects, of at most "
                    + MOST_READ
                    + " in the namespace"))
        : Optional.empty();
  }
}
