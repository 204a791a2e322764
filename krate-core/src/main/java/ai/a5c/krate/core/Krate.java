package ai.a5c.krate.core;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.admission.NamespaceLifecycle;
import ai.a5c.krate.apiserver.admission.ValidatingAdmission;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authn.TokenAuthenticator;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.authz.rbac.RbacIndex;
import ai.a5c.krate.apiserver.controller.Controller;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.policy.Policies;
import ai.a5c.krate.apiserver.policy.PolicyLimits;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Readout;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.apiserver.request.Review;
import ai.a5c.krate.core.access.AccessRoom;
import ai.a5c.krate.core.forge.Assessor;
import ai.a5c.krate.core.forge.Escalation;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.core.forge.Protections;
import ai.a5c.krate.core.forge.RightOfWay;
import ai.a5c.krate.core.forge.Room;
import ai.a5c.krate.core.forge.UnseenByPolicies;
import ai.a5c.krate.core.hook.HookRoom;
import ai.a5c.krate.core.identity.IdentityRoom;
import ai.a5c.krate.core.merge.MergeRoom;
import ai.a5c.krate.core.permission.PermissionRoom;
import ai.a5c.krate.core.pipeline.PipelineRoom;
import ai.a5c.krate.core.protection.ProtectionRoom;
import ai.a5c.krate.core.push.BranchRules;
import ai.a5c.krate.core.push.GitDoor;
import ai.a5c.krate.core.repository.RepositoryRoom;
import ai.a5c.krate.core.review.ReviewRoom;
import ai.a5c.krate.core.runner.RunnerRoom;
import ai.a5c.krate.core.tenancy.TenancyRoom;
import ai.a5c.krate.spi.executor.StepExecutor;
import ai.a5c.krate.spi.expression.ExpressionLanguage;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.GitEntry;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.git.GitUnavailableException;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.spi.token.TokenService;
import java.net.URI;
import java.nio.file.Path;
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
import org.jspecify.annotations.Nullable;

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
    Assessor assessor = new Assessor(objects, protections, builder.git);
    RbacIndex index = new RbacIndex(objects);
    Authorizer people = builder.people(index);
    Escalation escalation = new Escalation(people, index);
    RightOfWay way = new RightOfWay();
    List<Room> others =
        List.of(
            new TenancyRoom(escalation),
            new IdentityRoom(builder.tokens),
            new RepositoryRoom(objects, escalation, builder.git, builder.address),
            new PermissionRoom(objects, escalation),
            new ProtectionRoom(protections),
            new ReviewRoom(objects, protections, assessor, people, builder.git),
            new MergeRoom(objects, assessor, builder.git),
            new PipelineRoom(objects, builder.git),
            new RunnerRoom(
                objects,
                new RunnerRoom.Parts(
                    builder.git,
                    builder.storage.blobs(),
                    builder.storage.leases(),
                    builder.executing),
                builder.environment),
            new HookRoom(
                ForgeKinds.all(),
                objects,
                builder.git,
                HookRoom.Settings.of(builder.privateTargets),
                way));
    Authorizer authorizer = authorizer(people, others);
    List<Room> rooms = new ArrayList<>();
    rooms.add(new AccessRoom(authorizer, index, builder.singleOrganization));
    rooms.addAll(others);
    Optional<Policies> policies = policies(builder, objects, authorizer);
    this.server = new ApiServer(parts(builder, objects, authorizer, rooms, policies));
    policies.ifPresent(p -> running.add(p.follow(server.hubs().configuration())));
    this.door =
        new GitDoor(
            server,
            builder.git,
            List.of(new BranchRules(objects, protections)),
            builder.address,
            way);
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

  /**
   * The repositories as one subject inside this process sees them, for a transport without HTTP
   * such as {@code InProcessGit} of krate-git.
   */
  public GitEntry git(Subject subject) {
    Caller caller = Caller.inProcess(subject);
    return (organization, repository, service) ->
        switch (git(caller, organization, repository, service)) {
          case GitDoor.Answer.Open(var visit) -> Optional.of(visit);
          case GitDoor.Answer.Later(String message) -> throw new GitUnavailableException(message);
          case GitDoor.Answer.Unauthorized unauthorized -> Optional.empty();
          case GitDoor.Answer.Forbidden forbidden -> Optional.empty();
          case GitDoor.Answer.NotFound missing -> Optional.empty();
        };
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

  /** Controllers have their grants, whoever decides about people. */
  private static Authorizer authorizer(Authorizer people, List<Room> rooms) {
    Map<String, List<Grants.Rule>> grants = new TreeMap<>(AccessRoom.controllers());
    rooms.forEach(room -> grants.putAll(room.grants()));
    return Authorizer.inOrder(List.of(new Grants(grants), people));
  }

  private static Optional<Policies> policies(
      Builder builder, Objects objects, Authorizer authorizer) {
    return builder.expressions.map(
        language ->
            new Policies(
                new Policies.Parts(
                    language,
                    objects,
                    ForgeKinds.all(),
                    authorizer,
                    new UnseenByPolicies(),
                    PolicyLimits.STANDARD,
                    builder.environment.nanos())));
  }

  private static ApiServer.Parts parts(
      Builder builder,
      Objects objects,
      Authorizer authorizer,
      List<Room> rooms,
      Optional<Policies> policies) {
    Map<Kind, Strategy> strategies = new LinkedHashMap<>();
    Map<Kind, List<Preparation>> preparations = new LinkedHashMap<>();
    Map<Kind, List<Readout>> readouts = new LinkedHashMap<>();
    List<Contribution> contributions = new ArrayList<>();
    List<Review> reviews = new ArrayList<>();
    for (Room room : rooms) {
      strategies.putAll(room.strategies());
      room.preparations()
          .forEach((kind, p) -> preparations.computeIfAbsent(kind, k -> new ArrayList<>()).add(p));
      room.readouts()
          .forEach((kind, r) -> readouts.computeIfAbsent(kind, k -> new ArrayList<>()).add(r));
      contributions.addAll(room.contributions());
      reviews.addAll(room.reviews());
    }
    policies.ifPresent(p -> strategies.putAll(p.strategies()));
    List<Kind> others = new ArrayList<>(reviews.stream().map(Review::kind).toList());
    if (policies.isEmpty()) {
      others.addAll(ForgeKinds.POLICIES);
    }
    List<Registration> registrations = new ArrayList<>();
    for (Kind kind : ForgeKinds.all().all()) {
      if (!others.contains(kind)) {
        registrations.add(
            new Registration(
                kind,
                strategies.getOrDefault(kind, new Strategy() {}),
                preparations.getOrDefault(kind, List.of()),
                readouts.getOrDefault(kind, List.of())));
      }
    }
    Environment environment = builder.environment;
    return new ApiServer.Parts(
        objects,
        registrations,
        reviews,
        new AuditTrail(ForgeKinds.AUDIT_EVENT, objects, Marks.SYSTEM_NAMESPACE, environment.uids()),
        builder.whoAsks(),
        authorizer,
        List.of(new NamespaceLifecycle(objects, ForgeKinds.NAMESPACE)),
        policies.stream().map(p -> (ValidatingAdmission) p).toList(),
        contributions,
        environment);
  }

  /** What a forge is made of; defaults are those of production. */
  public static final class Builder {
    private final Storage storage;
    private final GitBackend git;
    private final KeyService keys;
    private boolean privateTargets;
    private @Nullable Authenticator authenticator;
    private @Nullable TokenService tokens;
    private @Nullable Authorizer authorizer;
    private boolean singleOrganization;
    private Optional<ExpressionLanguage> expressions = Optional.empty();
    private Optional<RunnerRoom.Executing> executing = Optional.empty();
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

    /**
     * Finds out who asks; if not given, what the transport verified is believed, and the tokens of
     * {@link #tokens}. An embedding program that has its own sessions looks them up here, and hands
     * requests to {@link Krate#call(Caller, ApiRequest)} with their headers:
     *
     * {@snippet :
     * builder.authenticator(
     *     caller ->
     *         caller.address().isEmpty() && !caller.verified().equals(Subject.ANONYMOUS)
     *             ? caller.verified() // somebody in this process, Krate's controllers among them
     *             : caller.headers().first("X-Session").flatMap(sessions::find).orElse(Subject.ANONYMOUS));
     * }
     */
    public Builder authenticator(Authenticator authenticator) {
      this.authenticator = authenticator;
      return this;
    }

    /** Issues tokens and knows them again; if not given, this forge has none. */
    public Builder tokens(TokenService tokens) {
      this.tokens = tokens;
      return this;
    }

    private Authorizer people(RbacIndex index) {
      return authorizer == null
          ? Authorizer.inOrder(List.of(Authorizer.masters(), index))
          : authorizer;
    }

    private Authenticator whoAsks() {
      if (authenticator != null) {
        return authenticator;
      }
      return tokens == null ? Authenticator.transport() : new TokenAuthenticator(tokens);
    }

    /**
     * Decides who may do what, for everybody but Krate's own controllers; if not given, the group
     * {@code system:masters} may do everything, and others what roles and bindings allow. It is
     * asked for the object or collection, for what an object claims beside, such as {@code merge}
     * on the repository, and for Git: {@code get} and {@code update} of {@code repositories/git}.
     *
     * {@snippet :
     * builder.authorizer(
     *     asked ->
     *         asked.verb().equals("get") || asked.subject().in("writers")
     *             ? new Decision.Allow("it is one of us")
     *             : new Decision.NoOpinion());
     * }
     */
    public Builder authorizer(Authorizer authorizer) {
      this.authorizer = authorizer;
      return this;
    }

    /** Lets the groups of Krate, such as {@code krate:developers}, hold their roles everywhere. */
    public Builder singleOrganization(boolean single) {
      this.singleOrganization = single;
      return this;
    }

    /** The language of admission policies; if not given, their kinds are not served. */
    public Builder expressions(ExpressionLanguage language) {
      this.expressions = Optional.of(language);
      return this;
    }

    /**
     * Runs jobs on this server; if not given, they stay Blocked.
     *
     * @param executor stays the caller's, who closes it after the forge
     * @param folder where workspaces are kept, used by one process at a time, which the caller sees
     *     to
     */
    public Builder executor(StepExecutor executor, Path folder) {
      this.executing = Optional.of(new RunnerRoom.Executing(executor, folder));
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
