package ai.a5c.krate.apiserver.house;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding;
import ai.a5c.krate.api.core.ConfigMap;
import ai.a5c.krate.api.core.Namespace;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.records.AuditEvent;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.admission.MutatingAdmission;
import ai.a5c.krate.apiserver.admission.NamespaceLifecycle;
import ai.a5c.krate.apiserver.admission.ValidatingAdmission;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.policy.Policies;
import ai.a5c.krate.apiserver.policy.PolicyLimits;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Numbering;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Readout;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.apiserver.request.Review;
import ai.a5c.krate.spi.expression.ExpressionLanguage;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.testkit.storage.FakeStorage;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** A server over a store in memory; what makes it particular is set before it is opened. */
public final class House implements AutoCloseable {
  public static final Kind NOTE = KindReader.read(Note.class);
  public static final Kind TICKET = KindReader.read(Ticket.class);
  public static final Kind VAULT = KindReader.read(Vault.class);
  public static final Kind NAMESPACE = KindReader.read(Namespace.class);
  public static final Kind AUDIT = KindReader.read(AuditEvent.class);
  public static final Kind POLICY = KindReader.read(ValidatingAdmissionPolicy.class);
  public static final Kind BINDING = KindReader.read(ValidatingAdmissionPolicyBinding.class);
  public static final Kind CONFIG_MAP = KindReader.read(ConfigMap.class);
  public static final Subject ADMIN = Subject.of("admin", Subject.MASTERS);
  public static final Subject NOBODY = Subject.of("nobody");
  public static final String NOTES = "/apis/toys.example.org/v1/namespaces/team/notes";
  public static final String TICKETS = "/apis/toys.example.org/v1/namespaces/team/tickets";
  public static final String VAULTS = "/api/v1/namespaces/team/vaults";

  public final FakeStorage storage;
  public final Objects objects;
  public final List<MutatingAdmission> mutating = new ArrayList<>();
  public final List<ValidatingAdmission> validating = new ArrayList<>();
  public final List<Contribution> contributions = new ArrayList<>();
  public final List<Preparation> preparations = new ArrayList<>();
  public final List<Review> reviews = new ArrayList<>();
  public final List<Readout> readouts = new ArrayList<>();
  public Strategy notes = new Strategy() {};
  public Authenticator authenticator = Authenticator.transport();

  /** The language of policies; without one there are none. */
  public Optional<ExpressionLanguage> language = Optional.empty();

  public PolicyLimits limits = PolicyLimits.STANDARD;
  public Predicate<Admission> unseen = asked -> false;
  public Authorizer authorizer = Authorizer.inOrder(List.of(Authorizer.masters()));
  public LongSupplier nanos = System::nanoTime;
  public RandomGenerator random = new Random(1);
  private Optional<ApiServer> server = Optional.empty();
  private Optional<AutoCloseable> following = Optional.empty();

  public House() {
    this(new FakeStorage(Set.of(NOTE.group(), AUDIT.group()), InstantSource.system()));
  }

  /** A second server on the store of another. */
  public House(House other) {
    this(other.storage.reopen());
    language = other.language;
    server = Optional.of(open());
  }

  private House(FakeStorage storage) {
    this.storage = storage;
    this.objects = new Objects(storage, new TestKeys());
  }

  /** The server, opened at the first call, with the namespace {@code team}. */
  public ApiServer server() {
    if (server.isEmpty()) {
      server = Optional.of(open());
      Answer created =
          send(
              "POST",
              "/api/v1/namespaces",
              "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"team\"}}");
      if (created.status() != 201) {
        throw new IllegalStateException(created.toString());
      }
    }
    return server.get();
  }

  private ApiServer open() {
    List<MutatingAdmission> all =
        new ArrayList<>(List.of(new NamespaceLifecycle(objects, NAMESPACE)));
    all.addAll(mutating);
    List<Registration> registrations =
        new ArrayList<>(
            List.of(
                new Registration(NAMESPACE, new Strategy() {}, List.of()),
                new Registration(NOTE, notes, preparations, readouts),
                new Registration(TICKET, new Tickets(), List.of()),
                new Registration(VAULT, new Strategy() {}, List.of()),
                new Registration(AUDIT, new Strategy() {}, List.of())));
    Optional<Policies> policies = language.map(this::policies);
    policies.ifPresent(
        p -> {
          registrations.add(new Registration(CONFIG_MAP, new Strategy() {}, List.of()));
          p.strategies()
              .forEach((kind, how) -> registrations.add(new Registration(kind, how, List.of())));
          validating.add(p);
        });
    ApiServer opened = open(all, registrations);
    following = policies.map(p -> p.follow(opened.hubs().configuration()));
    return opened;
  }

  private Policies policies(ExpressionLanguage of) {
    return new Policies(
        new Policies.Parts(
            of,
            objects,
            Kinds.of(List.of(NAMESPACE, NOTE, TICKET, VAULT, CONFIG_MAP, POLICY, BINDING)),
            authorizer,
            unseen,
            limits,
            nanos));
  }

  private ApiServer open(List<MutatingAdmission> all, List<Registration> registrations) {
    return new ApiServer(
        new ApiServer.Parts(
            objects,
            registrations,
            reviews,
            new AuditTrail(AUDIT, objects, "krate-system", UUID::randomUUID),
            authenticator,
            authorizer,
            all,
            validating,
            contributions,
            new Environment(InstantSource.system(), nanos, UUID::randomUUID, random)));
  }

  /** Numbers each queue, and calls each number out. */
  private static final class Tickets implements Strategy {
    @Override
    public ApiObject prepareCreate(WriteContext context, ApiObject object) {
      return object.with(Json.number(0), "status", "number");
    }

    @Override
    public Optional<Numbering> numbering(ApiObject object) {
      String queue = object.text("spec", "queue");
      return Optional.of(
          new Numbering(
              "number/" + object.namespace() + "/" + queue,
              queue + "-",
              List.of(
                  new Numbering.Place(List.of("status", "number"), "", "", true),
                  new Numbering.Place(List.of("status", "call"), "no. ", "!", false))));
    }
  }

  /** An answer that was read to its end. */
  public record Answer(int status, ai.a5c.krate.api.Headers headers, JsonObject body) {
    public String text(String... path) {
      return new ApiObject(body).text(path);
    }

    public ApiObject object() {
      return new ApiObject(body);
    }
  }

  public Answer get(String target) {
    return send("GET", target, "");
  }

  /** Sends as the administrator; a PATCH is a merge patch. */
  public Answer send(String method, String target, String body) {
    return send(ADMIN, method, target, body);
  }

  public Answer send(Subject subject, String method, String target, String body) {
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    return call(server().endpoint(subject), ApiRequest.of(method, target, type, body));
  }

  public static Answer call(ApiEndpoint endpoint, ApiRequest request) {
    try (ApiResponse response = endpoint.call(request)) {
      String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      JsonObject body =
          text.isEmpty()
              ? Json.object().build()
              : Json.stored(ai.a5c.krate.api.meta.Bytes.utf8(text));
      return new Answer(response.status(), response.headers(), body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String note(String name) {
    return note(name, "hello");
  }

  public static String note(String name, String title) {
    return "{\"apiVersion\":\"toys.example.org/v1\",\"kind\":\"Note\",\"metadata\":{\"name\":\""
        + name
        + "\"},\"spec\":{\"title\":\""
        + title
        + "\"}}";
  }

  public static String ticket(String metadata, String queue) {
    return "{\"apiVersion\":\"toys.example.org/v1\",\"kind\":\"Ticket\",\"metadata\":{"
        + metadata
        + "},\"spec\":{\"queue\":\""
        + queue
        + "\"}}";
  }

  /** Creates a note. */
  public ApiObject created(String name) {
    Answer answer = send("POST", NOTES, note(name));
    if (answer.status() != 201) {
      throw new AssertionError(answer.toString());
    }
    return answer.object();
  }

  public Revision head() {
    return storage.records().head();
  }

  /** The audit trail, oldest first. */
  public List<ApiObject> trail() {
    return objects.list(AUDIT, null, (ListRequest.Place) null, 10_000, null).objects().stream()
        .map(stored -> objects.read(AUDIT, stored))
        .sorted(java.util.Comparator.comparing(ApiObject::revision))
        .toList();
  }

  /** The entries after a revision. */
  public List<ApiObject> trailAfter(Revision after) {
    return trail().stream().filter(entry -> entry.revision().isAfter(after)).toList();
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    following.ifPresent(House::close);
    server.ifPresent(ApiServer::close);
    storage.close();
  }
}
