package ai.a5c.krate.apiserver.authz.rbac;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.rbac.ClusterRole;
import ai.a5c.krate.api.rbac.ClusterRoleBinding;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.api.rbac.Role;
import ai.a5c.krate.api.rbac.RoleBinding;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import jakarta.json.JsonObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads stored roles and bindings. What cannot be read gives nothing to anybody. */
final class RbacReader {
  private static final Logger LOG = System.getLogger(RbacReader.class.getName());
  private static final int PAGE = 500;

  private final Objects objects;

  RbacReader(Objects objects) {
    this.objects = objects;
  }

  /** Everything as it was at one revision. */
  record Loaded(Holdings holdings, Revision at) {}

  Loaded load() {
    Revision at = objects.configuration().head();
    Holdings holdings = new Holdings(at.value());
    for (Kind kind : RbacKinds.ALL) {
      ListRequest.Place after = null;
      Listing page;
      do {
        page = objects.list(kind, null, after, PAGE, at);
        for (StoredObject object : page.objects()) {
          put(holdings, kind, object, at);
          after = new ListRequest.Place(object.key().namespace(), object.key().name());
        }
      } while (page.more());
    }
    return new Loaded(holdings, at);
  }

  void apply(Holdings holdings, Change.ObjectChanged change) {
    Key<?> key = change.object().key();
    for (Kind kind : RbacKinds.ALL) {
      if (kind.resource().equals(key.resource())) {
        if (change.type() == Change.Type.DELETED) {
          remove(holdings, kind, key, change.revision());
        } else {
          put(holdings, kind, change.object(), change.revision());
        }
      }
    }
  }

  private void put(Holdings holdings, Kind kind, StoredObject object, Revision at) {
    Key<?> key = object.key();
    if (isRole(kind)) {
      holdings.role(new RoleKey(key.namespace(), key.name()), rules(kind, object), at.value());
    } else {
      BindingKey name = new BindingKey(key.namespace(), key.name());
      holdings.binding(binding(kind, name, object), at.value());
    }
  }

  private static void remove(Holdings holdings, Kind kind, Key<?> key, Revision at) {
    if (isRole(kind)) {
      holdings.roleGone(new RoleKey(key.namespace(), key.name()), at.value());
    } else {
      holdings.bindingGone(new BindingKey(key.namespace(), key.name()), at.value());
    }
  }

  private static boolean isRole(Kind kind) {
    return kind.equals(RbacKinds.ROLE) || kind.equals(RbacKinds.CLUSTER_ROLE);
  }

  private List<PolicyRule> rules(Kind kind, StoredObject object) {
    if (kind.equals(RbacKinds.ROLE)) {
      Role role = read(Role.class, kind, object);
      return role == null ? List.of() : role.rules();
    }
    ClusterRole role = read(ClusterRole.class, kind, object);
    return role == null ? List.of() : role.rules();
  }

  private Binding binding(Kind kind, BindingKey key, StoredObject object) {
    if (kind.equals(RbacKinds.ROLE_BINDING)) {
      RoleBinding binding = read(RoleBinding.class, kind, object);
      return binding == null ? none(key) : Binding.of(key, binding.roleRef(), binding.subjects());
    }
    ClusterRoleBinding binding = read(ClusterRoleBinding.class, kind, object);
    return binding == null ? none(key) : Binding.of(key, binding.roleRef(), binding.subjects());
  }

  private static Binding none(BindingKey key) {
    return new Binding(key, new RoleKey("", ""), Map.of());
  }

  private <T extends Record> @Nullable T read(Class<T> type, Kind kind, StoredObject object) {
    try {
      JsonObject json = objects.read(kind, object).json();
      return RecordCodec.read(type, json);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, object.key() + " cannot be read and gives nothing", e);
      return null;
    }
  }
}
