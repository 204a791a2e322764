package ai.a5c.krate.core.tenancy;

import ai.a5c.krate.api.config.Organization;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.core.forge.Projection;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.Key;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Gives each organization its namespace and its people their rights there, and lets it go when its
 * repositories are gone.
 */
final class OrganizationReconciler implements Reconciler {
  static final String SUBJECT = Grants.PREFIX + "organizations";

  private static final Duration AGAIN = Duration.ofSeconds(2);

  private final Objects objects;
  private final Client client;
  private final OrganizationAccess access;
  private final InstantSource clock;

  OrganizationReconciler(Objects objects, Client client, InstantSource clock) {
    this.objects = objects;
    this.client = client;
    this.access = new OrganizationAccess(new Projection(client));
    this.clock = clock;
  }

  static List<Grants.Rule> grants() {
    List<Grants.Rule> rules = new ArrayList<>(Projection.grants());
    rules.add(Grants.Rule.of(ForgeKinds.ORGANIZATION.resource(), "get", "update"));
    rules.add(Grants.Rule.ofStatus(ForgeKinds.ORGANIZATION.resource()));
    rules.add(Grants.Rule.of(ForgeKinds.NAMESPACE.resource(), "get", "create"));
    return rules;
  }

  @Override
  public String name() {
    return "organizations";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.ORGANIZATION;
  }

  /**
   * Its own changes, and those of a namespace that says or said whose it is, or of its bindings.
   */
  @Override
  public List<ObjectName> affected(Change change) {
    if (!(change instanceof Change.ObjectChanged changed)) {
      return List.of();
    }
    Key<?> key = changed.object().key();
    if (key.resource().equals(kind().resource())) {
      return List.of(new ObjectName("", key.name()));
    }
    if (key.resource().equals(ForgeKinds.NAMESPACE.resource())) {
      return Stream.of(changed.object(), changed.previous())
          .flatMap(Stream::ofNullable)
          .map(namespace -> objects.read(ForgeKinds.NAMESPACE, namespace))
          .flatMap(namespace -> Stream.ofNullable(namespace.labels().get(Marks.ORGANIZATION)))
          .distinct()
          .map(owner -> new ObjectName("", owner))
          .toList();
    }
    if (key.resource().equals(ForgeKinds.ROLE_BINDING.resource())
        && OrganizationAccess.isBinding(key.name())) {
      return objects
          .get(ForgeKinds.NAMESPACE, "", key.namespace())
          .map(namespace -> namespace.labels().get(Marks.ORGANIZATION))
          .map(owner -> List.of(new ObjectName("", owner)))
          .orElse(List.of());
    }
    return List.of();
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    Optional<ApiObject> found = client.get(kind(), "", name.name());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    ApiObject organization = found.get();
    if (organization.isTerminating()) {
      return release(organization);
    }
    Outcome outcome = claimNamespace(organization);
    if (outcome.ready()) {
      access.project(
          outcome.namespace(), RecordCodec.read(Organization.class, organization.json()).spec());
    } else if (isAbandoned(organization)) {
      // Nobody looks after its bindings any more: a grant could not be taken back.
      access.withdraw(outcome.namespace());
    }
    client.updateStatus(kind(), "", name.name(), current -> status(current, outcome));
    return outcome.ready() ? Optional.empty() : Optional.of(AGAIN);
  }

  /** Whether the namespace was the organization's, and says of nobody that it is his. */
  private boolean isAbandoned(ApiObject organization) {
    String name = organization.text("status", "namespace");
    return !name.isEmpty() && owner(name).filter(String::isEmpty).isPresent();
  }

  /** Whose a namespace says that it is: empty text for nobody's, nothing if it is gone. */
  private Optional<String> owner(String namespace) {
    return client
        .get(ForgeKinds.NAMESPACE, "", namespace)
        .map(found -> found.labels().getOrDefault(Marks.ORGANIZATION, ""));
  }

  /** What became of the namespace. */
  private record Outcome(String namespace, boolean ready, String reason, String message) {}

  private Outcome claimNamespace(ApiObject organization) {
    String name = organization.text("spec", "namespace");
    Optional<ApiObject> namespace = client.get(ForgeKinds.NAMESPACE, "", name);
    if (namespace.isEmpty()) {
      client.create(ForgeKinds.NAMESPACE, owned(name, organization.name()));
      return new Outcome(name, true, "Created", "");
    }
    if (namespace.get().isTerminating()) {
      return new Outcome(name, false, "Terminating", "the namespace is being deleted");
    }
    String owner = namespace.get().labels().getOrDefault(Marks.ORGANIZATION, "");
    if (!owner.equals(organization.name())) {
      String message =
          "the namespace exists and does not carry the label "
              + Marks.ORGANIZATION
              + "="
              + organization.name()
              + "; set it to let the organization adopt it";
      return new Outcome(name, false, "NotAdopted", message);
    }
    return new Outcome(name, true, "Adopted", "");
  }

  private ApiObject status(ApiObject current, Outcome outcome) {
    ApiObject named =
        outcome.ready()
            ? current.withText(outcome.namespace(), "status", "namespace")
            : current.with(null, "status", "namespace");
    ApiObject known =
        Conditions.set(
            named,
            "NamespaceReady",
            outcome.ready(),
            outcome.reason(),
            outcome.message(),
            clock.instant());
    ApiObject open =
        Conditions.set(
            known,
            "AccessReady",
            outcome.ready(),
            outcome.ready() ? "Projected" : "NamespaceNotReady",
            "",
            clock.instant());
    return Conditions.set(
        open,
        "Ready",
        outcome.ready(),
        outcome.ready() ? "Ready" : "NamespaceNotReady",
        "",
        clock.instant());
  }

  private Optional<Duration> release(ApiObject organization) {
    if (!organization.finalizers().contains(Marks.FINALIZER)) {
      return Optional.empty();
    }
    String namespace = organization.text("spec", "namespace");
    boolean owns =
        namespace.equals(organization.text("status", "namespace"))
            && owner(namespace).filter(organization.name()::equals).isPresent();
    if (owns
        && !objects.list(ForgeKinds.REPOSITORY, namespace, null, 1, null).objects().isEmpty()) {
      client.updateStatus(
          kind(),
          "",
          organization.name(),
          current ->
              Conditions.set(
                  current,
                  "Ready",
                  false,
                  "RepositoriesRemain",
                  "the organization goes when its repositories are deleted",
                  clock.instant()));
      // As long as people work there, what they were given can be taken from them.
      if (claimNamespace(organization).ready()) {
        access.project(namespace, RecordCodec.read(Organization.class, organization.json()).spec());
      }
      return Optional.of(AGAIN);
    }
    if (owns || isAbandoned(organization)) {
      access.withdraw(namespace);
    }
    client.update(
        kind(), "", organization.name(), current -> current.withoutFinalizer(Marks.FINALIZER));
    return Optional.empty();
  }

  private static ApiObject owned(String namespace, String organization) {
    return new ApiObject(
        Json.object()
            .add("apiVersion", "v1")
            .add("kind", "Namespace")
            .add(
                "metadata",
                Json.object()
                    .add("name", namespace)
                    .add("labels", Json.object().add(Marks.ORGANIZATION, organization)))
            .build());
  }
}
