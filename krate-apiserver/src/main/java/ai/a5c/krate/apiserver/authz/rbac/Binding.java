package ai.a5c.krate.apiserver.authz.rbac;

import ai.a5c.krate.api.rbac.RoleRef;
import ai.a5c.krate.api.rbac.RoleSubject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who gets which role.
 *
 * @param holders with how the binding writes them
 */
record Binding(BindingKey key, RoleKey role, Map<Holder, String> holders) {
  Binding {
    holders = Collections.unmodifiableMap(new LinkedHashMap<>(holders));
  }

  static Binding of(BindingKey key, RoleRef role, List<RoleSubject> subjects) {
    Map<Holder, String> holders = new LinkedHashMap<>();
    for (RoleSubject subject : subjects) {
      String name = subject.name();
      switch (subject.kind()) {
        case "User" -> holders.put(Holder.user(name), "User \"" + name + "\"");
        case "Group" -> holders.put(Holder.group(name), "Group \"" + name + "\"");
        case "ServiceAccount" -> {
          String namespace = subject.namespace().isEmpty() ? key.namespace() : subject.namespace();
          if (!namespace.isEmpty()) {
            String described = "ServiceAccount \"" + name + "/" + namespace + "\"";
            holders.put(Holder.serviceAccount(namespace, name), described);
          }
        }
        default -> {
          // Validation lets no other kind in; what is not understood gives nothing.
        }
      }
    }
    String namespace = role.kind().equals("ClusterRole") ? "" : key.namespace();
    return new Binding(key, new RoleKey(namespace, role.name()), holders);
  }

  /** Why something is allowed, in Kubernetes' words. */
  String reason(Holder holder) {
    String kind = role.namespace().isEmpty() ? "ClusterRole" : "Role";
    String binding =
        key.namespace().isEmpty()
            ? "ClusterRoleBinding \"" + key.name() + "\""
            : "RoleBinding \"" + key.name() + "/" + key.namespace() + "\"";
    return "RBAC: allowed by "
        + binding
        + " of "
        + kind
        + " \""
        + role.name()
        + "\" to "
        + holders.getOrDefault(holder, holder.name());
  }
}
