package ai.a5c.krate.core.tenancy;

import ai.a5c.krate.api.schema.Verb;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Empties namespaces that are being deleted, then lets them go. Audit entries stay. */
final class NamespaceReconciler implements Reconciler {
  static final String SUBJECT = Grants.PREFIX + "namespaces";

  private static final int PAGE = 500;
  private static final Duration AGAIN = Duration.ofMillis(200);

  private final Objects objects;
  private final Client client;
  private final List<Kind> contents;

  NamespaceReconciler(Objects objects, Client client, List<Kind> kinds) {
    this.objects = objects;
    this.client = client;
    this.contents = contents(kinds);
  }

  static List<Grants.Rule> grants(List<Kind> kinds) {
    List<Grants.Rule> rules = new ArrayList<>();
    rules.add(Grants.Rule.of(ForgeKinds.NAMESPACE.resource(), "get", "update"));
    // What speaks of repositories is deleted by who maintains them.
    rules.add(Grants.Rule.of(ForgeKinds.REPOSITORY.resource(), "maintain"));
    contents(kinds).forEach(kind -> rules.add(Grants.Rule.of(kind.resource(), "delete")));
    return rules;
  }

  @Override
  public String name() {
    return "namespaces";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.NAMESPACE;
  }

  @Override
  public List<ObjectName> affected(Change change) {
    return change instanceof Change.ObjectChanged changed
            && changed.object().key().resource().equals(kind().resource())
        ? List.of(new ObjectName("", changed.object().key().name()))
        : List.of();
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    Optional<ApiObject> found = client.get(kind(), "", name.name());
    if (found.isEmpty() || !found.get().isTerminating()) {
      return Optional.empty();
    }
    if (empty(name.name())) {
      client.update(
          kind(), "", name.name(), namespace -> namespace.with(null, "spec", "finalizers"));
      return Optional.empty();
    }
    return Optional.of(AGAIN);
  }

  /** Deletes what is there, and says whether nothing was. */
  private boolean empty(String namespace) {
    boolean nothing = true;
    for (Kind kind : contents) {
      Listing page = objects.list(kind, namespace, null, PAGE, null);
      for (StoredObject stored : page.objects()) {
        nothing = false;
        ApiObject object = objects.read(kind, stored);
        if (!object.isTerminating()) {
          client.delete(kind, object);
        }
      }
    }
    return nothing;
  }

  private static List<Kind> contents(List<Kind> kinds) {
    return kinds.stream()
        .filter(kind -> kind.namespaced() && kind.verbs().contains(Verb.DELETE))
        .toList();
  }
}
