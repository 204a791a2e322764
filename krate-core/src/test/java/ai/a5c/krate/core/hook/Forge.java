package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.config.Repository;
import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.core.Namespace;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.records.AuditEvent;
import ai.a5c.krate.api.records.Issue;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.api.records.PullRequest;
import ai.a5c.krate.api.records.Review;
import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.apiserver.admission.NamespaceLifecycle;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.core.PlainKeys;
import ai.a5c.krate.core.forge.RightOfWay;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A server with the room of webhooks on a store in memory, the organization acme in the namespace
 * team, and its repository web.
 */
final class Forge implements AutoCloseable {
  static final String NAMESPACE = "team";
  static final String KEY =
      "whsec_" + Base64.getEncoder().encodeToString("a key of twenty-four byt".getBytes());
  static final String OTHER_KEY =
      "whsec_" + Base64.getEncoder().encodeToString("another key of that many".getBytes());
  static final Kinds KINDS =
      Kinds.of(
          Stream.of(
                  Namespace.class,
                  ai.a5c.krate.api.core.Secret.class,
                  Repository.class,
                  WebhookSubscription.class,
                  PullRequest.class,
                  Review.class,
                  Issue.class,
                  Pipeline.class,
                  Job.class,
                  WebhookDelivery.class,
                  AuditEvent.class)
              .map(KindReader::read)
              .toList());

  static {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(90));
  }

  static final Subject ADA = Subject.of("ada", Subject.MASTERS);

  final FakeStorage storage;
  final Commits commits;
  final ApiServer server;
  final Client ada;
  private final HookRoom room;
  private final GuardedResolver.Lookup lookup;
  private HookRoom.@Nullable Running hooks;

  private Forge(
      FakeStorage storage, Commits commits, boolean allowPrivate, GuardedResolver.Lookup lookup) {
    this.storage = storage;
    this.commits = commits;
    this.lookup = lookup;
    Objects objects = new Objects(storage, new PlainKeys());
    this.room =
        new HookRoom(
            KINDS,
            objects,
            commits.backend(),
            HookRoom.Settings.of(allowPrivate),
            new RightOfWay());
    this.server = new ApiServer(parts(objects, room));
    this.ada = server.client(ADA);
  }

  /** A new forge whose hooks run. */
  static Forge started() {
    Forge forge = fresh(true, InetAddress::getAllByName);
    forge.start();
    return forge;
  }

  static Forge fresh(boolean allowPrivate, GuardedResolver.Lookup lookup) {
    var storage = new FakeStorage(Set.of("krate.a5c.ai"), InstantSource.system());
    Forge forge = new Forge(storage, new Commits(), allowPrivate, lookup);
    forge.create(
        Namespace.class,
        """
        {"metadata": {"name": "team", "labels": {"krate.a5c.ai/organization": "acme"}}}
        """);
    forge.create(Repository.class, "{'metadata': {'name': 'web', 'namespace': 'team'}}");
    forge.secret("signing", KEY);
    return forge;
  }

  /** What the next process would be: this one ends as it is. */
  Forge restarted() {
    close();
    return restartedAsIs();
  }

  /** What the next process would be after a kill: from here on this one stores nothing. */
  Forge killed() {
    storage.close();
    return restarted();
  }

  /** Another process on the same memory. */
  Forge restartedAsIs() {
    Forge next = new Forge(storage.reopen(), commits, true, lookup);
    next.start();
    return next;
  }

  void start() {
    hooks = room.start(server, lookup);
  }

  void stop() {
    HookRoom.Running running = hooks;
    if (running != null) {
      running.close();
      hooks = null;
    }
  }

  @Override
  public void close() {
    stop();
    server.close();
    storage.close();
  }

  static Kind kind(Class<? extends Record> type) {
    return KINDS.declaredBy(type).orElseThrow();
  }

  /** Creates an object; single quotes stand for double ones. */
  ApiObject create(Class<? extends Record> type, String json) {
    var sent = Json.parse(Bytes.utf8(json.replace('\'', '"')), 1_000_000).object();
    return ada.create(kind(type), new ApiObject(sent)).object();
  }

  void secret(String name, String value) {
    create(
        ai.a5c.krate.api.core.Secret.class,
        "{'metadata': {'name': '%s', 'namespace': 'team'}, 'data': {'key': '%s'}}"
            .formatted(name, Base64.getEncoder().encodeToString(value.getBytes())));
  }

  /** A subscription that tries again at once, with further members of its spec. */
  ApiObject subscribe(String name, String url, String more) {
    return create(
        WebhookSubscription.class,
        """
        {'metadata': {'name': '%s', 'namespace': 'team'},
         'spec': {'url': '%s', 'events': ['*'], 'timeout': '5s',
           'secretRefs': [{'name': 'signing', 'key': 'key'}],
           'retry': {'maxAttempts': 100, 'initialDelay': '10ms', 'maxDelay': '50ms',
             'deadline': '1h'} %s}}
        """
            .formatted(name, url, more));
  }

  ApiObject subscribe(String name, String url) {
    return subscribe(name, url, "");
  }

  ApiObject change(Class<? extends Record> type, String name, UnaryOperator<ApiObject> change) {
    return ada.update(kind(type), NAMESPACE, name, change).object();
  }

  ApiObject issue(String name) {
    return create(
        Issue.class,
        "{'metadata': {'name': '%s', 'namespace': 'team'}, 'spec': {'repository': 'web', 'title': '%s'}}"
            .formatted(name, name));
  }

  ApiObject pullRequest(String name) {
    return create(
        PullRequest.class,
        """
        {'metadata': {'name': '%s', 'namespace': 'team'},
         'spec': {'repository': 'web', 'sourceBranch': 'topic', 'title': 'A change'}}
        """
            .formatted(name));
  }

  /** Brings a pull request into a phase, as the room of pull requests would. */
  ApiObject phase(String pullRequest, String phase) {
    return change(PullRequest.class, pullRequest, old -> old.withText(phase, PullRequests.PHASE));
  }

  void move(String ref, @Nullable ObjectId old, @Nullable ObjectId target) {
    Uid web = ada.get(kind(Repository.class), NAMESPACE, "web").orElseThrow().uid();
    CommitOutcome outcome =
        storage
            .records()
            .commit(
                new Transaction<Boundary.Records>(
                    "ada", List.of(new Operation.MoveRef(web, Template.of(ref), old, target))));
    if (!(outcome instanceof CommitOutcome.Committed)) {
      throw new AssertionError(outcome);
    }
  }

  /** Every delivery, by name. */
  List<ApiObject> deliveries() {
    Kind kind = kind(WebhookDelivery.class);
    List<ApiObject> all = new ArrayList<>();
    server
        .objects()
        .list(kind, NAMESPACE, null, 10_000, null)
        .objects()
        .forEach(stored -> all.add(server.objects().read(kind, stored)));
    return all;
  }

  /** How often a record of that name was written so far. */
  long writes(String name) throws InterruptedException {
    Revision head = storage.records().head();
    long writes = 0;
    try (ChangeFeed feed = storage.records().changes(Revision.ZERO)) {
      for (Revision at = Revision.ZERO; head.isAfter(at); ) {
        ChangeFeed.Batch batch = feed.next();
        at = batch.upTo();
        writes +=
            batch.changes().stream()
                .filter(
                    change ->
                        change instanceof Change.ObjectChanged changed
                            && changed.object().key().name().equals(name))
                .count();
      }
    }
    return writes;
  }

  List<String> phases() {
    return deliveries().stream().map(delivery -> delivery.text("status", "phase")).toList();
  }

  static WebhookDelivery.Status status(ApiObject delivery) {
    return RecordCodec.read(WebhookDelivery.class, delivery.json()).status();
  }

  WebhookSubscription.Status subscription(String name) {
    ApiObject object = ada.get(kind(WebhookSubscription.class), NAMESPACE, name).orElseThrow();
    return RecordCodec.read(WebhookSubscription.class, object.json()).status();
  }

  private static ApiServer.Parts parts(Objects objects, HookRoom room) {
    List<Registration> registrations = new ArrayList<>();
    for (Kind kind : KINDS.all()) {
      Strategy strategy = room.strategies().getOrDefault(kind, new PullRequests());
      registrations.add(new Registration(kind, strategy, List.of()));
    }
    return new ApiServer.Parts(
        objects,
        registrations,
        List.of(),
        new AuditTrail(kind(AuditEvent.class), objects, "krate-system", UUID::randomUUID),
        Authenticator.transport(),
        Authorizer.inOrder(List.of(Authorizer.masters(), new Grants(room.grants()))),
        List.of(new NamespaceLifecycle(objects, kind(Namespace.class))),
        List.of(),
        List.of(),
        new Environment(InstantSource.system(), System::nanoTime, UUID::randomUUID, new Random()));
  }

  /** Writes the phase that an update asks for by an annotation. */
  private static final class PullRequests implements Strategy {
    private static final String[] PHASE = {"metadata", "annotations", "phase"};

    @Override
    public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
      String phase = object.text(PHASE);
      return phase.isEmpty() ? object : object.withText(phase, "status", "phase").with(null, PHASE);
    }
  }
}
