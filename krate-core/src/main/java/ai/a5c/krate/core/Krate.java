package ai.a5c.krate.core;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.admission.NamespaceLifecycle;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.Controller;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.apiserver.request.Review;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.core.forge.Protections;
import ai.a5c.krate.core.forge.Room;
import ai.a5c.krate.core.hook.HookRoom;
import ai.a5c.krate.core.merge.MergeRoom;
import ai.a5c.krate.core.permission.PermissionRoom;
import ai.a5c.krate.core.protection.ProtectionRoom;
import ai.a5c.krate.core.push.GitDoor;
import ai.a5c.krate.core.repository.RepositoryRoom;
import ai.a5c.krate.core.review.ReviewRoom;
import ai.a5c.krate.core.tenancy.TenancyRoom;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.spi.storage.Storage;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The whole forge in one object: its API, its door for Git and its controllers, on a store, a Git
 * backend and a key service that the caller owns and closes after it. May be used from many threads
 * at once.
 */
public final class Krate implements AutoCloseable {
  private static final int WORKERS = 4;

  private final ApiServer server;
  private final GitDoor door;
  private final List<AutoCloseable> running = new ArrayList<>();

  private Krate(Builder builder) {
    Objects objects = new Objects(builder.storage, builder.keys);
    Protections protections = new Protections(objects);
    List<Room> rooms =
        List.of(
            new TenancyRoom(),
            new RepositoryRoom(objects, builder.git, builder.address),
            new PermissionRoom(objects),
            new ProtectionRoom(protections),
            new ReviewRoom(objects, builder.git),
            new MergeRoom(objects, builder.git),
            new HookRoom(ForgeKinds.all(), HookRoom.Settings.of(builder.privateTargets)));
    this.server = new ApiServer(parts(builder, objects, rooms));
    this.door = new GitDoor(server, builder.git, List.of(), builder.address);
    for (Room room : rooms) {
      running.addAll(room.start(server));
      room.reconcilers(server)
          .forEach(
              reconciler ->
                  running.add(
                      new Controller(
                          reconciler,
                          objects,
                          server.hubs().all(),
                          WORKERS,
                          builder.environment.nanos())));
    }
  }

  /** The groups whose objects are records; a store is opened with them. */
  public static List<String> recordGroups() {
    return ForgeKinds.RECORD_GROUPS;
  }

  /** Everything that is served, from which references are made. */
  public static Kinds kinds() {
    return ForgeKinds.all();
  }

  /** Begins a forge on a store, a Git backend and a key service. */
  public static Builder builder(Storage storage, GitBackend git, KeyService keys) {
    return new Builder(storage, git, keys);
  }

  /** Answers an API request from somewhere else. */
  public ApiResponse call(Caller caller, ApiRequest request) {
    return server.call(caller, request);
  }

  /** The API as one subject inside this process sees it. */
  public ApiEndpoint endpoint(Subject subject) {
    return server.endpoint(subject);
  }

  /** Decides whether a Git client may come in. */
  public GitDoor.Answer git(
      Caller caller, String organization, String repository, GitService service) {
    return door.open(caller, organization, repository, service);
  }

  /** Ends the watches and joins the controllers. */
  @Override
  public void close() {
    for (AutoCloseable part : running.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException("a part of the forge did not close", e);
      }
    }
    server.close();
  }

  private static ApiServer.Parts parts(Builder builder, Objects objects, List<Room> rooms) {
    Map<Kind, Strategy> strategies = new LinkedHashMap<>();
    Map<Kind, List<Preparation>> preparations = new LinkedHashMap<>();
    Map<String, List<Grants.Rule>> grants = new TreeMap<>();
    List<Contribution> contributions = new ArrayList<>();
    List<Review> reviews = new ArrayList<>();
    for (Room room : rooms) {
      strategies.putAll(room.strategies());
      room.preparations()
          .forEach((kind, p) -> preparations.computeIfAbsent(kind, k -> new ArrayList<>()).add(p));
      grants.putAll(room.grants());
      contributions.addAll(room.contributions());
      reviews.addAll(room.reviews());
    }
    List<Kind> asked = reviews.stream().map(Review::kind).toList();
    List<Registration> registrations = new ArrayList<>();
    for (Kind kind : ForgeKinds.all().all()) {
      if (!asked.contains(kind)) {
        registrations.add(
            new Registration(
                kind,
                strategies.getOrDefault(kind, new Strategy() {}),
                preparations.getOrDefault(kind, List.of())));
      }
    }
    Environment environment = builder.environment;
    return new ApiServer.Parts(
        objects,
        registrations,
        reviews,
        new AuditTrail(ForgeKinds.AUDIT_EVENT, objects, Marks.SYSTEM_NAMESPACE, environment.uids()),
        builder.authenticator,
        Authorizer.inOrder(List.of(new Grants(grants), builder.authorizer)),
        List.of(new NamespaceLifecycle(objects, ForgeKinds.NAMESPACE)),
        List.of(),
        contributions,
        environment);
  }

  /** What a forge is made of; defaults are those of production. */
  public static final class Builder {
    private final Storage storage;
    private final GitBackend git;
    private final KeyService keys;
    private boolean privateTargets;
    private Authenticator authenticator = Authenticator.transport();
    private Authorizer authorizer = Authorizer.masters();
    private Supplier<Optional<URI>> address = Optional::empty;
    private Environment environment =
        new Environment(
            InstantSource.system(), System::nanoTime, UUID::randomUUID, new SecureRandom());

    private Builder(Storage storage, GitBackend git, KeyService keys) {
      this.storage = storage;
      this.git = git;
      this.keys = keys;
    }

    /**
     * Where clients reach the server, without a slash at the end; asked whenever it is told to
     * somebody, and empty as long as it is not known.
     */
    public Builder address(Supplier<Optional<URI>> address) {
      this.address = address;
      return this;
    }

    /** Lets webhooks go to loopback and private addresses, which are refused otherwise. */
    public Builder allowPrivateTargets(boolean allow) {
      this.privateTargets = allow;
      return this;
    }

    /** Finds out who asks; if not given, what the transport verified is believed. */
    public Builder authenticator(Authenticator authenticator) {
      this.authenticator = authenticator;
      return this;
    }

    /**
     * Decides who may do what, for everybody but Krate's own controllers; if not given, the group
     * {@code system:masters} may do everything and others nothing.
     */
    public Builder authorizer(Authorizer authorizer) {
      this.authorizer = authorizer;
      return this;
    }

    /** Time and chance, for tests. */
    public Builder environment(Environment environment) {
      this.environment = environment;
      return this;
    }

    /** Starts the forge. */
    public Krate build() {
      return new Krate(this);
    }
  }
}
