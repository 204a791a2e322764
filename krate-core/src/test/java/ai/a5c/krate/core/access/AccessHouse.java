package ai.a5c.krate.core.access;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.admission.NamespaceLifecycle;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.authz.rbac.RbacIndex;
import ai.a5c.krate.apiserver.controller.Controller;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.apiserver.request.Review;
import ai.a5c.krate.core.PlainKeys;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.testkit.storage.FakeStorage;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** A server with the room of roles on a store in memory. */
final class AccessHouse implements AutoCloseable {
  static final Subject ADMIN = Subject.of("admin", Subject.MASTERS);
  static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
  static final String REVIEWS = "/apis/authorization.k8s.io/v1";

  final FakeStorage storage;
  final Objects objects;
  final RbacIndex index;
  final ApiServer server;
  private final List<AutoCloseable> running = new ArrayList<>();

  AccessHouse() {
    this(false);
  }

  AccessHouse(boolean singleOrganization) {
    this(
        new FakeStorage(Set.of(ForgeKinds.ISSUE.group()), InstantSource.system()),
        singleOrganization);
  }

  /** The next process on the same store; this one has ended. */
  AccessHouse restarted(boolean singleOrganization) {
    close();
    return new AccessHouse(storage.reopen(), singleOrganization);
  }

  /** Another process on the same store. */
  AccessHouse replica() {
    return new AccessHouse(storage.reopen(), false);
  }

  private AccessHouse(FakeStorage storage, boolean singleOrganization) {
    this.storage = storage;
    this.objects = new Objects(storage, new PlainKeys());
    this.index = new RbacIndex(objects);
    Authorizer authorizer =
        Authorizer.inOrder(
            List.of(new Grants(AccessRoom.controllers()), Authorizer.masters(), index));
    AccessRoom room = new AccessRoom(authorizer, index, singleOrganization);
    List<Kind> asked = room.reviews().stream().map(Review::kind).toList();
    List<Registration> registrations =
        ForgeKinds.all().all().stream()
            .filter(kind -> !asked.contains(kind))
            .map(
                kind ->
                    new Registration(
                        kind, room.strategies().getOrDefault(kind, new Strategy() {}), List.of()))
            .toList();
    this.server =
        new ApiServer(
            new ApiServer.Parts(
                objects,
                registrations,
                room.reviews(),
                new AuditTrail(ForgeKinds.AUDIT_EVENT, objects, "krate-system", UUID::randomUUID),
                Authenticator.transport(),
                authorizer,
                List.of(new NamespaceLifecycle(objects, ForgeKinds.NAMESPACE)),
                List.of(),
                List.of(),
                new Environment(
                    InstantSource.system(), System::nanoTime, UUID::randomUUID, new Random(1))));
    running.addAll(room.start(server));
    room.reconcilers(server)
        .forEach(
            r -> running.add(new Controller(r, objects, server.hubs().all(), 1, System::nanoTime)));
  }

  /** An answer that was read to its end. */
  record Answer(int status, JsonObject body) {
    String text(String... path) {
      return new ApiObject(body).text(path);
    }

    String message() {
      return text("message");
    }

    boolean isTrue(String... path) {
      return new ApiObject(body).isTrue(path);
    }
  }

  /** Sends; single quotes stand for double ones, and a PATCH is a merge patch. */
  Answer send(Subject subject, String method, String target, String body) {
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    ApiRequest request = ApiRequest.of(method, target, type, body.replace('\'', '"'));
    try (ApiResponse response = server.endpoint(subject).call(request)) {
      String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      return new Answer(
          response.status(),
          text.startsWith("{") ? Json.stored(Bytes.utf8(text)) : Json.object().build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Answer get(Subject subject, String target) {
    return send(subject, "GET", target, "");
  }

  void namespace(String name) {
    must(
        ADMIN,
        "/api/v1/namespaces",
        "{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': '" + name + "'}}");
  }

  /** Creates what must be creatable. */
  Answer must(Subject subject, String target, String body) {
    Answer answer = send(subject, "POST", target, body);
    if (answer.status() != 201) {
      throw new AssertionError(answer.toString());
    }
    return answer;
  }

  static String roles(String namespace) {
    return RBAC + (namespace.isEmpty() ? "/clusterroles" : "/namespaces/" + namespace + "/roles");
  }

  static String bindings(String namespace) {
    return RBAC
        + (namespace.isEmpty()
            ? "/clusterrolebindings"
            : "/namespaces/" + namespace + "/rolebindings");
  }

  /** A Role, or a ClusterRole for the empty namespace. */
  static String role(String namespace, String name, String rules) {
    return "{'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': '"
        + (namespace.isEmpty() ? "ClusterRole" : "Role")
        + "', 'metadata': {'name': '"
        + name
        + "'}, 'rules': ["
        + rules
        + "]}";
  }

  static String rule(String verbs, String group, String resources) {
    return "{'verbs': ["
        + verbs
        + "], 'apiGroups': ['"
        + group
        + "'], 'resources': ["
        + resources
        + "]}";
  }

  /** A binding of a user to {@code Role/name} or {@code ClusterRole/name}. */
  static String binding(String namespace, String name, String role, String user) {
    String[] reference = role.split("/", 2);
    return "{'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': '"
        + (namespace.isEmpty() ? "ClusterRoleBinding" : "RoleBinding")
        + "', 'metadata': {'name': '"
        + name
        + "'}, 'subjects': [{'kind': 'User', 'name': '"
        + user
        + "'}], 'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': '"
        + reference[0]
        + "', 'name': '"
        + reference[1]
        + "'}}";
  }

  /** Lets aggregated roles have what they select now. */
  void gather() {
    var unused =
        new AggregationReconciler(objects, server.client(Subject.of(AggregationReconciler.SUBJECT)))
            .reconcile(new ObjectName("", ""));
  }

  /** Gives a user rules in a namespace, or everywhere, as the administrator. */
  void grant(String namespace, String name, String user, String rules) {
    must(ADMIN, roles(namespace), role(namespace, name, rules));
    String kind = namespace.isEmpty() ? "ClusterRole/" : "Role/";
    must(ADMIN, bindings(namespace), binding(namespace, name, kind + name, user));
  }

  @Override
  public void close() {
    for (AutoCloseable part : running.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    running.clear();
    server.close();
    storage.close();
  }
}
