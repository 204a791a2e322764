package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.core.Namespace;
import ai.a5c.krate.api.records.AuditEvent;
import ai.a5c.krate.api.records.Issue;
import ai.a5c.krate.apiserver.admission.NamespaceLifecycle;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.apiserver.request.Written;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.LocalKeys;
import ai.a5c.krate.core.forge.SharedWrites;
import ai.a5c.krate.storage.postgres.PostgresStorage;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * What a controller writes: objects created within the process, by one thread one at a time and
 * many together, and by many threads that share transactions. Nothing is particular about their
 * kind, so that what is measured is the road and the store.
 */
final class TogetherBenchmark implements Benchmark {
  private static final Kind ISSUE = KindReader.read(Issue.class);
  private static final Kind AUDIT = KindReader.read(AuditEvent.class);
  private static final Kind NAMESPACE = KindReader.read(Namespace.class);
  private static final Subject WRITER = Subject.of("writer", Subject.MASTERS);

  private final AtomicLong names = new AtomicLong();

  @Override
  public String name() {
    return "together";
  }

  @Override
  public String about() {
    return "objects that a controller creates, one at a time and many in one transaction";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    Path folder = lab.fresh("together");
    try (var database = PeerDatabase.database(folder.resolve("database"));
        var storage = PostgresStorage.open(database, Krate.recordGroups(), InstantSource.system());
        var server = server(new Objects(storage, LocalKeys.open(folder.resolve("keys"))))) {
      Client client = server.client(WRITER);
      Written unused = client.create(NAMESPACE, object(NAMESPACE, "", "bench"));
      return measure(client, lab.scale());
    }
  }

  private List<Row> measure(Client client, Scale scale) throws InterruptedException {
    Sample alone = together(client, scale, 1);
    List<Row> rows = new ArrayList<>();
    for (int size : new int[] {16, Client.MOST_TOGETHER}) {
      Sample many = together(client, scale, size);
      rows.add(
          row(
              "create objects in the process, 1 thread, " + size + " in one transaction",
              many.perSecond() * size,
              alone));
    }
    try (var writes = new SharedWrites("bench-writes", client)) {
      int threads = scale.clients();
      Sample shared =
          Load.closed(
              threads,
              scale.warmUp(),
              scale.measure(),
              (thread, number) -> {
                Written unused = writes.create(ISSUE, issue());
              });
      rows.add(
          row(
              "create objects in the process, " + threads + " threads that share transactions",
              shared.perSecond(),
              alone));
    }
    return rows;
  }

  private static Row row(String load, double perSecond, Sample alone) {
    return new Row(
        load,
        "**" + Numbers.rate(perSecond) + "**",
        "1 thread, one at a time: " + alone.text(),
        Numbers.percent(perSecond, alone.perSecond()));
  }

  private Sample together(Client client, Scale scale, int size) throws InterruptedException {
    return Load.closed(
        1,
        scale.warmUp(),
        scale.measure(),
        (thread, number) -> {
          List<ApiObject> objects = Stream.generate(this::issue).limit(size).toList();
          List<Written> unused = client.createAll(ISSUE, objects).orThrow();
        });
  }

  private ApiObject issue() {
    ApiObject plain = object(ISSUE, "bench", "issue-" + names.incrementAndGet());
    return plain
        .withText("web", "spec", "repository")
        .withText("Something to be done", "spec", "title")
        .withText("It should be done soon. ".repeat(10), "spec", "body");
  }

  private static ApiObject object(Kind kind, String namespace, String name) {
    var metadata = Json.object().add("name", name);
    if (!namespace.isEmpty()) {
      metadata.add("namespace", namespace);
    }
    return new ApiObject(
        Json.object()
            .add("apiVersion", kind.apiVersion())
            .add("kind", kind.name())
            .add("metadata", metadata)
            .build());
  }

  private static ApiServer server(Objects objects) {
    List<Registration> registrations =
        Stream.of(ISSUE, AUDIT, NAMESPACE)
            .map(kind -> new Registration(kind, new Strategy() {}, List.of()))
            .toList();
    return new ApiServer(
        new ApiServer.Parts(
            objects,
            registrations,
            List.of(),
            new AuditTrail(AUDIT, objects, "krate-system", UUID::randomUUID),
            Authenticator.transport(),
            Authorizer.inOrder(List.of(Authorizer.masters())),
            List.of(new NamespaceLifecycle(objects, NAMESPACE)),
            List.of(),
            List.of(),
            new Environment(
                InstantSource.system(), System::nanoTime, UUID::randomUUID, new Random())));
  }
}
