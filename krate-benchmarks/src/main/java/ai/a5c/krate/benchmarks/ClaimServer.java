package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.apiserver.admission.NamespaceLifecycle;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.LocalKeys;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.pipeline.PipelineRoom;
import ai.a5c.krate.core.runner.RunnerRoom;
import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.RunnerTerms;
import ai.a5c.krate.spi.executor.Step;
import ai.a5c.krate.spi.executor.StepEnd;
import ai.a5c.krate.spi.executor.StepExecutor;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.storage.postgres.PostgresStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/**
 * A server that claims jobs as every server does, from a database that others may share. Only its
 * runners are none: they start at once, their commits have no files, and their steps run nothing.
 */
final class ClaimServer implements AutoCloseable {
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

  private final PostgresStorage storage;
  private final NoRunners runners;
  private final RunnerRoom room;
  private final ApiServer server;
  private final List<AutoCloseable> running = new ArrayList<>();

  /**
   * Opens it; it claims nothing before it is started.
   *
   * @param folder of its own
   * @param held whether steps last until the server ends, or end at once
   */
  ClaimServer(Database database, LocalKeys keys, Path folder, boolean held) {
    storage = PostgresStorage.open(database, Krate.recordGroups(), InstantSource.system());
    runners = new NoRunners(held);
    var objects = new Objects(storage, keys);
    var environment =
        new Environment(InstantSource.system(), System::nanoTime, UUID::randomUUID, new Random());
    GitBackend git = noFiles();
    room =
        new RunnerRoom(
            objects,
            new RunnerRoom.Parts(
                git,
                storage.blobs(),
                storage.leases(),
                Optional.of(new RunnerRoom.Executing(runners, folder))),
            environment);
    Strategy ofJobs =
        new PipelineRoom(objects, git).strategies().getOrDefault(ForgeKinds.JOB, new Strategy() {});
    List<Registration> registrations =
        KINDS.stream()
            .map(
                kind ->
                    new Registration(
                        kind,
                        kind.equals(ForgeKinds.JOB)
                            ? ofJobs
                            : room.strategies().getOrDefault(kind, new Strategy() {}),
                        List.of()))
            .toList();
    server =
        new ApiServer(
            new ApiServer.Parts(
                objects,
                registrations,
                List.of(),
                new AuditTrail(ForgeKinds.AUDIT_EVENT, objects, "krate-system", UUID::randomUUID),
                Authenticator.transport(),
                Authorizer.inOrder(List.of(Authorizer.masters(), new Grants(room.grants()))),
                List.of(new NamespaceLifecycle(objects, ForgeKinds.NAMESPACE)),
                List.of(),
                room.contributions(),
                environment));
  }

  /** From now on it claims. */
  void start() {
    running.addAll(room.start(server));
  }

  ApiServer api() {
    return server;
  }

  /** Somebody who may do everything, and whom jobs may be made by. */
  Client client() {
    return server.client(Subject.of(Grants.PREFIX + "bench", Subject.MASTERS));
  }

  /** The jobs whose steps began here, in that order, each as often as it began. */
  List<String> begun() {
    return List.copyOf(runners.begun);
  }

  @Override
  public void close() {
    for (AutoCloseable part : running.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        throw new BenchmarkFailedException("a server did not end: " + e, e);
      }
    }
    server.close();
    storage.close();
  }

  private static GitBackend noFiles() {
    return (GitBackend)
        Proxy.newProxyInstance(
            ClaimServer.class.getClassLoader(),
            new Class<?>[] {GitBackend.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("archive")) {
                return true;
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }

  /** Runners without anything in them. */
  private static final class NoRunners implements StepExecutor {
    private final boolean held;
    private final Queue<String> begun = new ConcurrentLinkedQueue<>();

    NoRunners(boolean held) {
      this.held = held;
    }

    @Override
    public Optional<String> obstacle(TrustTier tier) {
      return Optional.empty();
    }

    @Override
    public Runner start(String name, RunnerTerms terms) {
      return new NoRunner();
    }

    @Override
    public void close() {}

    private final class NoRunner implements Runner {
      private final CountDownLatch closed = new CountDownLatch(1);

      @Override
      public boolean isAlive() {
        return closed.getCount() > 0;
      }

      @Override
      public void unpack(InputStream tar) throws IOException {
        long unused = tar.transferTo(OutputStream.nullOutputStream());
      }

      @Override
      public void pack(OutputStream tar, long mostBytes) {}

      @Override
      public StepEnd run(Step step, OutputStream log) throws InterruptedException {
        Map<String, String> environment = step.environment();
        begun.add(environment.getOrDefault("KRATE_JOB", ""));
        if (!held) {
          return new StepEnd.Exited(0);
        }
        closed.await();
        return new StepEnd.Lost("it was closed");
      }

      @Override
      public void cancel() {
        closed.countDown();
      }

      @Override
      public void close() {
        closed.countDown();
      }
    }
  }
}
