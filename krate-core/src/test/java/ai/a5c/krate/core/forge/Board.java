package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.core.ConfigMap;
import ai.a5c.krate.api.core.Namespace;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.records.AuditEvent;
import ai.a5c.krate.api.records.Issue;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.core.PlainKeys;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A server over a store in memory, with issues and config maps that nothing else is known of. */
final class Board implements AutoCloseable {
  static final Kind ISSUE = KindReader.read(Issue.class);
  static final Kind CONFIG_MAP = KindReader.read(ConfigMap.class);
  private static final Kind AUDIT = KindReader.read(AuditEvent.class);
  private static final Subject ADA = Subject.of("ada", Subject.MASTERS);

  final FakeStorage storage = new FakeStorage(Set.of(ISSUE.group()), InstantSource.system());
  final Objects objects = new Objects(storage, new PlainKeys());

  /** What is done with each plan before its commit; nothing at first. */
  final AtomicReference<Contribution> contribution = new AtomicReference<>(plan -> {});

  final ApiServer server;
  final Client client;

  Board() {
    List<Registration> registrations =
        Stream.of(ISSUE, CONFIG_MAP, AUDIT, KindReader.read(Namespace.class))
            .map(kind -> new Registration(kind, new Strategy() {}, List.of()))
            .toList();
    server =
        new ApiServer(
            new ApiServer.Parts(
                objects,
                registrations,
                List.of(),
                new AuditTrail(AUDIT, objects, "krate-system", UUID::randomUUID),
                Authenticator.transport(),
                Authorizer.inOrder(List.of(Authorizer.masters())),
                List.of(),
                List.of(),
                List.of(plan -> contribution.get().contribute(plan)),
                new Environment(
                    InstantSource.system(), System::nanoTime, UUID::randomUUID, new Random(1))));
    client = server.client(ADA);
  }

  static ApiObject issue(String name) {
    return issue("team", name, "a title");
  }

  static ApiObject issue(String namespace, String name, String title) {
    return named(
        ISSUE,
        namespace,
        name,
        Json.object()
            .add("spec", Json.object().add("repository", "web").add("title", title))
            .build());
  }

  static ApiObject configMap(String name) {
    return named(CONFIG_MAP, "team", name, Json.object().build());
  }

  private static ApiObject named(
      Kind kind, String namespace, String name, jakarta.json.JsonObject rest) {
    return new ApiObject(
        Json.object(rest)
            .add("apiVersion", kind.apiVersion())
            .add("kind", kind.name())
            .add("metadata", Json.object().add("name", name).add("namespace", namespace))
            .build());
  }

  /** Counts one up in the status. */
  static final UnaryOperator<ApiObject> COUNT =
      old -> old.with(Json.number(counted(old) + 1), "status", "observedGeneration");

  static long counted(ApiObject issue) {
    return issue
        .at("status", "observedGeneration")
        .map(value -> Long.parseLong(value.toString()))
        .orElse(0L);
  }

  ApiObject create(String name) {
    return client.create(ISSUE, issue(name)).object();
  }

  ApiObject get(String name) {
    return objects.get(ISSUE, "team", name).orElseThrow();
  }

  List<String> names() {
    return objects.list(ISSUE, "team", null, 10_000, null).objects().stream()
        .map(stored -> stored.key().name())
        .toList();
  }

  /** How many entries the audit trail has. */
  int entries() {
    return objects.list(AUDIT, null, null, 100_000, null).objects().size();
  }

  Revision head() {
    return storage.records().head();
  }

  @Override
  public void close() {
    server.close();
    storage.close();
  }
}
