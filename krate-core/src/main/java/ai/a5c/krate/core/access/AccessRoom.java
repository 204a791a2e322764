package ai.a5c.krate.core.access;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.authz.rbac.RbacIndex;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Review;
import ai.a5c.krate.core.forge.Escalation;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Room;
import java.util.List;
import java.util.Map;

/** Roles, bindings and the reviews that ask what they allow. */
public final class AccessRoom implements Room {
  private final Authorizer authorizer;
  private final RbacIndex index;
  private final boolean singleOrganization;

  /**
   * The room of a server.
   *
   * @param authorizer which decides everything, controllers included
   * @param index of the roles and bindings; started and closed with the room
   * @param singleOrganization whether the groups of Krate get their roles everywhere
   */
  public AccessRoom(Authorizer authorizer, RbacIndex index, boolean singleOrganization) {
    this.authorizer = authorizer;
    this.index = index;
    this.singleOrganization = singleOrganization;
  }

  /** What the controllers of the room may do: known before there is an authorizer. */
  public static Map<String, List<Grants.Rule>> controllers() {
    return Map.of(
        AggregationReconciler.SUBJECT, AggregationReconciler.grants(),
        DefaultRoles.SUBJECT, DefaultRoles.grants());
  }

  @Override
  public Map<Kind, Strategy> strategies() {
    Escalation escalation = new Escalation(authorizer, index);
    Strategy roles = new RoleStrategy(escalation, index);
    Strategy bindings = new BindingStrategy(escalation, index);
    return Map.of(
        ForgeKinds.ROLE, roles,
        ForgeKinds.CLUSTER_ROLE, roles,
        ForgeKinds.ROLE_BINDING, bindings,
        ForgeKinds.CLUSTER_ROLE_BINDING, bindings);
  }

  @Override
  public List<Review> reviews() {
    return List.of(
        new AccessReview(ForgeKinds.SELF_SUBJECT_ACCESS_REVIEW, authorizer),
        new AccessReview(ForgeKinds.SUBJECT_ACCESS_REVIEW, authorizer),
        new AccessReview(ForgeKinds.LOCAL_SUBJECT_ACCESS_REVIEW, authorizer),
        new RulesReview(index));
  }

  @Override
  public Map<String, List<Grants.Rule>> grants() {
    return controllers();
  }

  /** Reads the roles, and sees to it that the default ones are there. */
  @Override
  public List<AutoCloseable> start(ApiServer server) {
    index.start(server.hubs().configuration());
    DefaultRoles roles =
        new DefaultRoles(
            server.client(Subject.of(DefaultRoles.SUBJECT)),
            RoleCatalogue.of(server.kinds().all(), singleOrganization));
    return List.of(index, roles.start());
  }

  @Override
  public List<Reconciler> reconcilers(ApiServer server) {
    return List.of(
        new AggregationReconciler(
            server.objects(), server.client(Subject.of(AggregationReconciler.SUBJECT))));
  }
}
