package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.api.rbac.RbacGroup;
import ai.a5c.krate.api.rbac.RoleRef;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.authz.rbac.RbacIndex;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.WriteContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Nobody gives what he does not hold: who writes a role or a binding must hold every rule in it, or
 * have the verb {@code escalate} or {@code bind} on the role.
 */
public final class Escalation {
  private static final int MOST_DESCRIBED = 100;
  private static final List<PolicyRule> EVERYTHING =
      List.of(
          new PolicyRule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of()),
          new PolicyRule(List.of("*"), List.of(), List.of(), List.of(), List.of("*")));

  private final Authorizer authorizer;
  private final RbacIndex index;

  /**
   * What decides about a role or a binding.
   *
   * @param authorizer which is asked for {@code escalate} and {@code bind}
   * @param index of what everybody holds
   */
  public Escalation(Authorizer authorizer, RbacIndex index) {
    this.authorizer = authorizer;
    this.index = index;
  }

  /**
   * Refuses a role with rules that its writer does not hold.
   *
   * @param path the name on the URL, empty on creation
   */
  public void checkRole(
      WriteContext context, String path, String name, List<PolicyRule> rules, boolean aggregated) {
    GroupResource resource = context.kind().resource();
    if (may(context.subject(), "escalate", resource, context.namespace(), path)) {
      return;
    }
    index.catchUp();
    refuse(context, name, index.missing(context.subject(), context.namespace(), rules));
    if (aggregated && !index.missing(context.subject(), "", EVERYTHING).isEmpty()) {
      throw forbidden(
          resource, name, "must have cluster-admin privileges to use the aggregationRule");
    }
  }

  /** Refuses a binding to a role whose rules its writer does not hold. */
  public void checkBinding(WriteContext context, String name, RoleRef role) {
    Kind kind =
        role.kind().equals(ForgeKinds.ROLE.name()) ? ForgeKinds.ROLE : ForgeKinds.CLUSTER_ROLE;
    if (may(context.subject(), "bind", kind.resource(), context.namespace(), role.name())) {
      return;
    }
    index.catchUp();
    List<PolicyRule> rules =
        index
            .rules(role, context.namespace())
            .orElseThrow(
                () -> new ApiException(new Problem.NotFound(kind.resource(), role.name())));
    refuse(context, name, index.missing(context.subject(), context.namespace(), rules));
  }

  /**
   * Refuses an object that becomes a binding to a part of a cluster role, which its writer neither
   * may bind nor holds.
   *
   * @param namespace in which it is bound
   * @param part what of the role's rules is given
   */
  public void checkGrant(
      WriteContext context,
      String name,
      String namespace,
      String role,
      UnaryOperator<List<PolicyRule>> part) {
    GroupResource roles = ForgeKinds.CLUSTER_ROLE.resource();
    if (may(context.subject(), "bind", roles, namespace, role)) {
      return;
    }
    index.catchUp();
    List<PolicyRule> rules =
        index
            .rules(new RoleRef(RbacGroup.NAME, ForgeKinds.CLUSTER_ROLE.name(), role), "")
            .orElseThrow(() -> new ApiException(new Problem.NotFound(roles, role)));
    refuse(context, name, index.missing(context.subject(), namespace, part.apply(rules)));
  }

  private boolean may(
      Subject subject, String verb, GroupResource resource, String namespace, String name) {
    Attributes asked = new Attributes(subject, verb, resource, "", namespace, name);
    return authorizer.decide(asked) instanceof Decision.Allow;
  }

  private static void refuse(WriteContext context, String name, List<PolicyRule> missing) {
    if (missing.isEmpty()) {
      return;
    }
    List<String> lines = missing.stream().map(Escalation::described).distinct().sorted().toList();
    if (lines.size() > MOST_DESCRIBED) {
      int more = lines.size() - MOST_DESCRIBED;
      lines = new ArrayList<>(lines.subList(0, MOST_DESCRIBED));
      lines.add("and " + more + " more");
    }
    Subject subject = context.subject();
    throw forbidden(
        context.kind().resource(),
        name,
        "user "
            + quoted(subject.name())
            + " (groups="
            + quoted(subject.groups())
            + ") is attempting to grant RBAC permissions not currently held:\n"
            + String.join("\n", lines));
  }

  private static ApiException forbidden(GroupResource resource, String name, String why) {
    String named = name.isEmpty() ? resource.toString() : resource + " \"" + name + "\"";
    return new ApiException(
        new Problem.Forbidden(resource, name, named + " is forbidden: " + why, List.of()));
  }

  /** A rule in one line, as Kubernetes writes it. */
  private static String described(PolicyRule rule) {
    List<String> parts = new ArrayList<>();
    add(parts, "APIGroups", rule.apiGroups());
    add(parts, "Resources", rule.resources());
    add(parts, "NonResourceURLs", rule.nonResourceURLs());
    add(parts, "ResourceNames", rule.resourceNames());
    add(parts, "Verbs", rule.verbs());
    return "{" + String.join(", ", parts) + "}";
  }

  private static void add(List<String> parts, String name, List<String> values) {
    if (!values.isEmpty()) {
      parts.add(name + ":" + quoted(values));
    }
  }

  private static String quoted(List<String> values) {
    return "[" + String.join(" ", values.stream().map(Escalation::quoted).toList()) + "]";
  }

  private static String quoted(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
