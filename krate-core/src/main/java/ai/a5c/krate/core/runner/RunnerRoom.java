package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Readout;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.JobOwners;
import ai.a5c.krate.core.forge.Room;
import ai.a5c.krate.spi.blob.BlobStore;
import ai.a5c.krate.spi.executor.StepExecutor;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.lease.Leases;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** RunnerPools, the queue of Jobs, and the runners of this server. */
public final class RunnerRoom implements Room {
  private static final Logger LOG = System.getLogger(RunnerRoom.class.getName());
  private static final long SWEEP = Duration.ofSeconds(1).toNanos();

  /** At every which sweep it is asked whether what runs is still wanted, beside its changes. */
  private static final int CHECK = 2;

  private static final long TIDY = Duration.ofMinutes(10).toNanos();

  private final Objects objects;
  private final Parts parts;
  private final Quotas quotas;

  /**
   * What the room stands on.
   *
   * @param executing what runs jobs on this server; empty if nothing does
   */
  public record Parts(
      GitBackend git, BlobStore blobs, Leases leases, Optional<Executing> executing) {}

  /**
   * What runs jobs on this server.
   *
   * @param folder where workspaces are kept, and by which this server is known when it comes again;
   *     used by one process at a time, which the caller sees to
   */
  public record Executing(StepExecutor executor, Path folder) {}

  public RunnerRoom(Objects objects, Parts parts, Environment environment) {
    this.objects = objects;
    this.parts = parts;
    this.quotas = new Quotas(objects, environment.nanos());
  }

  @Override
  public Map<Kind, Strategy> strategies() {
    return Map.of(ForgeKinds.RUNNER_POOL, new PoolStrategy());
  }

  @Override
  public Map<Kind, Readout> readouts() {
    return Map.of(ForgeKinds.JOB, new LogReadout(new JobLogs(parts.blobs()), objects));
  }

  @Override
  public List<Contribution> contributions() {
    return List.of(new JobCounts(quotas));
  }

  @Override
  public Map<String, List<Grants.Rule>> grants() {
    GroupResource repositories = ForgeKinds.REPOSITORY.resource();
    Stream<Grants.Rule> reads =
        Stream.of(
                ForgeKinds.JOB,
                ForgeKinds.PIPELINE,
                ForgeKinds.RUNNER_POOL,
                ForgeKinds.REPOSITORY,
                ForgeKinds.NAMESPACE,
                ForgeKinds.SECRET)
            .map(kind -> Grants.Rule.of(kind.resource(), "get"));
    Stream<Grants.Rule> rest =
        Stream.of(
            Grants.Rule.within(repositories, ForgeKinds.JOB.plural(), "get", "update"),
            Grants.Rule.within(repositories, ForgeKinds.PIPELINE.plural(), "get"),
            Grants.Rule.of(ForgeKinds.JOB.resource(), "update"),
            Grants.Rule.ofStatus(ForgeKinds.JOB.resource()),
            Grants.Rule.of(ForgeKinds.RUNNER_POOL.resource(), "update"),
            Grants.Rule.of(repositories, "maintain"),
            Grants.Rule.ofStatus(ForgeKinds.RUNNER_POOL.resource()));
    return Map.of(JobOwners.RUNNERS, Stream.concat(reads, rest).toList());
  }

  @Override
  public List<Reconciler> reconcilers(ApiServer server) {
    Client client = server.client(Subject.of(JobOwners.RUNNERS));
    return List.of(new LogCollector(client, objects, new JobLogs(parts.blobs())));
  }

  @Override
  public List<AutoCloseable> start(ApiServer server) {
    return List.of(new Running(server));
  }

  /** The room while the server runs. */
  private final class Running implements AutoCloseable {
    private final Environment environment;
    private final Client client;
    private final Board board;
    private final Claiming claiming;
    private final Scheduler scheduler;
    private final @Nullable Membership membership;
    private final @Nullable Workspaces workspaces;
    private final PoolStatuses statuses;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread sweeper;

    /** How often it swept; of the sweeper alone. */
    private long sweeps;

    Running(ApiServer server) {
      environment = server.environment();
      client = server.client(Subject.of(JobOwners.RUNNERS));
      board = new Board(objects, server.hubs());
      claiming =
          new Claiming(client, board, quotas, new JobLogs(parts.blobs()), environment.clock());
      Optional<Scheduler.Host> host = Optional.empty();
      if (parts.executing().isPresent()) {
        Executing executing = parts.executing().get();
        String id = serverId(executing.folder());
        membership = new Membership(parts.leases(), id, environment.nanos());
        Path kept = executing.folder().resolve("workspaces");
        workspaces = new Workspaces(kept, Shelf.of(kept));
        var tools =
            new Seat.Tools(
                executing.executor(),
                claiming,
                client,
                parts.git(),
                workspaces,
                parts.blobs(),
                membership,
                environment);
        host = Optional.of(new Scheduler.Host(tools, id, hex(4)));
      } else {
        membership = null;
        workspaces = null;
      }
      scheduler =
          new Scheduler(board, claiming, quotas, host, environment.clock(), environment.nanos());
      statuses = new PoolStatuses(client, scheduler, environment.clock());
      scheduler.start();
      sweeper = Thread.ofVirtual().name("runner-sweeper").start(this::sweep);
    }

    /** By a file, so that it is known again after it died. */
    private String serverId(Path folder) {
      Path file = folder.resolve("server");
      try {
        Files.createDirectories(folder);
        try {
          String id = Files.readString(file).strip();
          if (id.matches("[0-9a-f]{8,32}")) {
            return id;
          }
        } catch (NoSuchFileException e) {
          LOG.log(Level.DEBUG, "this server is new: {0}", folder);
        }
        String id = hex(8);
        Files.writeString(file, id + "\n");
        return id;
      } catch (IOException e) {
        throw new UncheckedIOException("cannot use " + folder, e);
      }
    }

    private String hex(int digits) {
      String uid = environment.uids().get().toString().replace("-", "");
      return uid.substring(0, digits);
    }

    private void sweep() {
      long tidied = environment.nanos().getAsLong();
      try {
        while (!closed.await(SWEEP, TimeUnit.NANOSECONDS)) {
          try {
            sweepOnce();
            long now = environment.nanos().getAsLong();
            if (workspaces != null && now - tidied > TIDY) {
              tidied = now;
              workspaces.tidy(this::isGone);
            }
          } catch (StoreUnavailableException e) {
            LOG.log(Level.WARNING, "pools are looked at again: {0}", e.getMessage());
          } catch (IOException | RuntimeException e) {
            LOG.log(Level.ERROR, "pools are looked at again", e);
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void sweepOnce() {
      if (++sweeps % CHECK == 0) {
        scheduler.staffing().check();
      }
      Board.View view = board.now();
      if (!view.complete()) {
        return;
      }
      Set<String> living = parts.leases().living();
      scheduler.giveUpLost(view, living);
      if (isFirst(living)) {
        statuses.write(view);
      }
    }

    /** Of several servers one says how the pools are. */
    private boolean isFirst(Set<String> living) {
      return membership == null
          || living.stream().sorted().findFirst().filter(membership.server()::equals).isPresent();
    }

    private boolean isGone(Workspaces.Owner owner) {
      ObjectName name = owner.name();
      Optional<ApiObject> pipeline =
          objects.get(ForgeKinds.PIPELINE, name.namespace(), name.name());
      return pipeline.filter(found -> found.uid().toString().equals(owner.uid())).isEmpty();
    }

    @Override
    public void close() {
      closed.countDown();
      sweeper.interrupt();
      try {
        sweeper.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      scheduler.close();
      claiming.close();
      board.close();
      if (membership != null) {
        membership.close();
      }
    }
  }
}
