package ai.a5c.krate.core.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.admission.NamespaceLifecycle;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.core.PlainKeys;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.lease.Leases;
import ai.a5c.krate.testkit.executor.FakeExecutor;
import ai.a5c.krate.testkit.storage.FakeLeases;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A server with the room of runners on a store in memory, the organization acme in the namespace
 * team and its repository web, whose commits hold the file {@code readme}. The test stands in for
 * the room of pipelines. JSON is written with single quotes.
 */
final class RunnerForge implements AutoCloseable {
  static final String TEAM = "team";
  static final String COMMIT = "1".repeat(40);
  static final Duration FUSE = Duration.ofSeconds(90);
  private static final List<Kind> KINDS =
      List.of(
          ForgeKinds.NAMESPACE,
          ForgeKinds.SECRET,
          ForgeKinds.ORGANIZATION,
          ForgeKinds.REPOSITORY,
          ForgeKinds.RUNNER_POOL,
          ForgeKinds.PIPELINE,
          ForgeKinds.JOB,
          ForgeKinds.AUDIT_EVENT);

  final FakeStorage storage;
  final Leases leases;
  final Path folder;
  final FakeExecutor executor;

  /** Whether checkouts begin and do not end, from now on. */
  final AtomicBoolean stuck = new AtomicBoolean();

  /** How many checkouts have begun. */
  final AtomicInteger checkouts = new AtomicInteger();

  final ApiServer server;
  final Client ada;
  private final List<AutoCloseable> running = new ArrayList<>();

  private RunnerForge(
      FakeStorage storage, Leases leases, Path folder, FakeExecutor executor, boolean runs) {
    this.storage = storage;
    this.leases = leases;
    this.folder = folder;
    this.executor = executor;
    var objects = new Objects(storage, new PlainKeys());
    var environment =
        new Environment(InstantSource.system(), System::nanoTime, UUID::randomUUID, new Random());
    var room =
        new RunnerRoom(
            objects,
            new RunnerRoom.Parts(
                git(),
                storage.blobs(),
                leases,
                runs
                    ? Optional.of(new RunnerRoom.Executing(executor, folder.resolve("runner")))
                    : Optional.empty()),
            environment);
    this.server = new ApiServer(parts(objects, room, environment));
    this.ada = server.client(Subject.of("ada", Subject.MASTERS));
    this.running.addAll(room.start(server));
  }

  /** A forge whose pools can run jobs. */
  static RunnerForge started(Path folder) {
    return fresh(folder, true);
  }

  /** A forge that has nothing to run jobs with. */
  static RunnerForge withoutExecutor(Path folder) {
    return fresh(folder, false);
  }

  private static RunnerForge fresh(Path folder, boolean runs) {
    var storage = new FakeStorage(Set.of("krate.a5c.ai"), InstantSource.system());
    var forge =
        new RunnerForge(
            storage,
            new FakeLeases(InstantSource.system()),
            folder,
            new FakeExecutor(made(folder.resolve("runners"))),
            runs);
    forge.organization("acme", TEAM, "{}");
    forge.repository(TEAM, "web", "");
    return forge;
  }

  /** Another server on the same store, with a folder of its own. */
  RunnerForge beside(Path other) {
    return new RunnerForge(
        storage.reopen(), leases, other, new FakeExecutor(made(other.resolve("runners"))), true);
  }

  /** What the next process would be after a kill: this one stores nothing any more. */
  RunnerForge killed() {
    storage.close();
    executor.loseAll();
    close();
    return new RunnerForge(
        storage.reopen(), leases, folder, new FakeExecutor(made(folder.resolve("runners2"))), true);
  }

  private static Path made(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on the room does nothing by itself. */
  void rest() {
    for (AutoCloseable part : running) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    running.clear();
  }

  @Override
  public void close() {
    rest();
    server.close();
    storage.close();
  }

  ApiObject create(Kind kind, String json) {
    var sent = Json.parse(Bytes.utf8(json.replace('\'', '"')), 1_000_000).object();
    return ada.create(kind, new ApiObject(sent)).object();
  }

  void organization(String name, String namespace, String quotas) {
    create(
        ForgeKinds.ORGANIZATION,
        "{'metadata': {'name': '%s'}, 'spec': {'displayName': 'x', 'namespace': '%s', 'quotas': %s}}"
            .formatted(name, namespace, quotas));
    create(
        ForgeKinds.NAMESPACE,
        "{'metadata': {'name': '%s', 'labels': {'krate.a5c.ai/organization': '%s'}}}"
            .formatted(namespace, name));
  }

  void repository(String namespace, String name, String spec) {
    create(
        ForgeKinds.REPOSITORY,
        "{'metadata': {'name': '%s', 'namespace': '%s'}, 'spec': {%s}}"
            .formatted(name, namespace, spec));
  }

  void pool(String name, String tier, String more) {
    create(
        ForgeKinds.RUNNER_POOL,
        "{'metadata': {'name': '%s', 'namespace': 'team'}, 'spec': {'trustTier': '%s', 'executor': 'Process' %s}}"
            .formatted(name, tier, more));
  }

  /** A pipeline of the tier on the commit. */
  ApiObject pipeline(String namespace, String name, String tier, String more) {
    return create(
        ForgeKinds.PIPELINE,
        "{'metadata': {'name': '%s', 'namespace': '%s'}, 'spec': {'repository': 'web', 'ref': 'refs/heads/main', 'workflow': 'w.yaml', 'commit': '%s' %s}, 'status': {'trustTier': '%s', 'phase': 'Queued'}}"
            .formatted(name, namespace, COMMIT, more, tier));
  }

  /** A job of a pipeline, in a phase. */
  ApiObject job(ApiObject pipeline, String step, int index, String phase, String spec) {
    String name = pipeline.name() + "-" + step;
    return create(
        ForgeKinds.JOB,
        "{'metadata': {'name': '%s', 'namespace': '%s'}, 'spec': {'pipeline': '%s', 'step': '%s', 'index': %d, 'pool': 'pool', %s}, 'status': {'repository': 'web', 'pipelineUid': '%s', 'phase': '%s', 'queueTime': '%s'}}"
            .formatted(
                name,
                pipeline.namespace(),
                pipeline.name(),
                step,
                index,
                spec,
                pipeline.uid(),
                phase,
                ApiObject.seconds(InstantSource.system().instant())));
  }

  static String script(String script) {
    return "'script': '" + script.replace("\n", "\\n") + "'";
  }

  void phase(ApiObject job, String phase) {
    var unused =
        ada.updateStatus(
            ForgeKinds.JOB,
            job.namespace(),
            job.name(),
            old -> old.withText(phase, "status", "phase"));
  }

  void change(Kind kind, String name, UnaryOperator<ApiObject> change) {
    var unused = ada.update(kind, TEAM, name, change);
  }

  ApiObject get(Kind kind, String name) {
    return server.objects().get(kind, TEAM, name).orElseThrow();
  }

  Job job(ApiObject job) {
    return JobStatus.of(
        server.objects().get(ForgeKinds.JOB, job.namespace(), job.name()).orElseThrow());
  }

  /** Waits until the job is as wanted. */
  Job awaitJob(ApiObject job, Predicate<Job> wanted) {
    await()
        .atMost(FUSE)
        .alias("job " + job.name())
        .untilAsserted(() -> assertThat(job(job)).matches(wanted));
    return job(job);
  }

  Job awaitPhase(ApiObject job, Job.Phase phase) {
    return awaitJob(job, now -> now.status().phase() == phase);
  }

  ApiObject awaitPool(String name, Predicate<ApiObject> wanted) {
    await().atMost(FUSE).until(() -> wanted.test(get(ForgeKinds.RUNNER_POOL, name)));
    return get(ForgeKinds.RUNNER_POOL, name);
  }

  /** What an attempt printed. */
  String log(ApiObject job, int attempt) {
    String stream = job.uid() + "/" + attempt;
    long length = storage.blobs().length(stream);
    return length == 0 ? "" : storage.blobs().read(stream, 0, 1 << 20).utf8();
  }

  /** Commits of one file each, as an archive. */
  private GitBackend git() {
    Path tree = made(folder.resolve("tree"));
    try {
      Files.writeString(tree.resolve("readme"), "read me\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return (GitBackend)
        Proxy.newProxyInstance(
            RunnerForge.class.getClassLoader(),
            new Class<?>[] {GitBackend.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("archive") || arguments == null) {
                throw new UnsupportedOperationException(method.getName());
              }
              if (!String.valueOf(arguments[1]).contains(COMMIT)) {
                return false;
              }
              checkouts.incrementAndGet();
              while (stuck.get()) {
                // Less than tar waits for; it fails once nobody reads it any more.
                ((OutputStream) arguments[2]).write(0);
                ((OutputStream) arguments[2]).flush();
                LockSupport.parkNanos(50_000_000);
              }
              Process tar =
                  new ProcessBuilder("tar", "-c", "-f", "-", "readme")
                      .directory(tree.toFile())
                      .start();
              try (InputStream out = tar.getInputStream()) {
                out.transferTo((OutputStream) arguments[2]);
              }
              return tar.waitFor() == 0;
            });
  }

  private static ApiServer.Parts parts(Objects objects, RunnerRoom room, Environment environment) {
    List<Registration> registrations = new ArrayList<>();
    for (Kind kind : KINDS) {
      Strategy strategy = room.strategies().getOrDefault(kind, new Strategy() {});
      registrations.add(new Registration(kind, strategy, List.of()));
    }
    return new ApiServer.Parts(
        objects,
        registrations,
        List.of(),
        new AuditTrail(ForgeKinds.AUDIT_EVENT, objects, "krate-system", UUID::randomUUID),
        Authenticator.transport(),
        Authorizer.inOrder(List.of(Authorizer.masters(), new Grants(room.grants()))),
        List.of(new NamespaceLifecycle(objects, ForgeKinds.NAMESPACE)),
        List.of(),
        room.contributions(),
        environment);
  }
}
