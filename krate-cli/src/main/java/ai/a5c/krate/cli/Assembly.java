package ai.a5c.krate.cli;

import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.git.GitSettings;
import ai.a5c.krate.git.JGitBackend;
import ai.a5c.krate.server.HealthCheck;
import ai.a5c.krate.server.KrateServer;
import ai.a5c.krate.server.Limits;
import ai.a5c.krate.server.ServerSettings;
import ai.a5c.krate.server.TlsIdentity;
import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.spi.database.DatabaseFailedException;
import ai.a5c.krate.spi.database.DatabaseProvider;
import ai.a5c.krate.spi.executor.ExecutorProvider;
import ai.a5c.krate.spi.executor.StepExecutor;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import ai.a5c.krate.spi.token.TokenKeysException;
import ai.a5c.krate.spi.token.TokenProvider;
import ai.a5c.krate.spi.token.TokenService;
import ai.a5c.krate.spi.token.TokenSettings;
import ai.a5c.krate.storage.postgres.DatabaseAddress;
import ai.a5c.krate.storage.postgres.PostgresStorage;
import ai.a5c.krate.storage.postgres.StorageSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The running server: every concrete class is made here, in the order in which they need one
 * another, and closed in reverse.
 */
final class Assembly implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(Assembly.class.getName());

  /** Connections for reads; commits and the change log have their own. */
  private static final int POOL = 16;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Settings settings;
  private final InstantSource clock = InstantSource.system();
  private final SecureRandom random = new SecureRandom();
  private final FailPoints failPoints = FailPoints.of(System.getProperty(FailPoints.PROPERTY));

  private Assembly(Settings settings) {
    this.settings = settings;
  }

  /**
   * Starts everything.
   *
   * @throws StartFailedException if something cannot start; what had started is stopped again
   */
  static Running start(Settings settings) {
    var assembly = new Assembly(settings);
    try {
      return assembly.assemble();
    } catch (RuntimeException | Error e) {
      assembly.close();
      throw e;
    }
  }

  /**
   * A server that is ready.
   *
   * @param url where clients reach it
   */
  record Running(Assembly assembly, DataFolder folder, URI url) {}

  private Running assemble() {
    DataFolder folder = part(DataFolder.open(settings.get(Settings.DATA_DIR)));
    Listen listen = settings.get(Settings.LISTEN);
    Pki pki = Pki.open(folder, hosts(listen), clock, random);
    Storage storage = part(storage(folder));
    AuditAnchor unused = part(AuditAnchor.start(anchorFile(folder), storage.records(), clock));
    GitBackend git =
        part(
            new JGitBackend(
                folder.repositories(),
                storage.records(),
                GitSettings.defaults().withFailPoint(failPoints.git())));
    KeyService keys = LocalKeyService.open(folder.keys().resolve("sealing"), random);
    var address = new AtomicReference<@Nullable URI>();
    Krate.Builder forge =
        Krate.builder(storage, git, keys)
            .tokens(tokens(folder))
            .singleOrganization(settings.get(Settings.SINGLE_ORGANIZATION))
            .address(() -> Optional.ofNullable(address.get()))
            .allowPrivateTargets(settings.get(Settings.WEBHOOK_ALLOW_PRIVATE_TARGETS));
    LateLanguage.find().ifPresent(forge::expressions);
    executor(folder).ifPresent(executor -> forge.executor(executor, folder.runner()));
    Krate krate = part(forge.build());
    KrateServer server = part(server(listen, pki, krate, storage));
    String host = listen.everywhere() ? "127.0.0.1" : listen.host();
    URI local = URI.create("https://" + Listen.inUrl(host) + ":" + server.address().getPort());
    URI url = settings.find(Settings.PUBLIC_URL).orElse(local);
    address.set(url);
    pki.writeKubeconfig(url.toString());
    return new Running(this, folder, url);
  }

  /** What runs jobs, if a module for that is there; says so where the host is not up to it. */
  private Optional<StepExecutor> executor(DataFolder folder) {
    return ServiceLoader.load(ExecutorProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.executor() == RunnerPool.Executor.PROCESS)
        .findFirst()
        .map(
            provider -> {
              StepExecutor executor = part(provider.open(folder.runner().resolve("executor")));
              for (TrustTier tier : TrustTier.values()) {
                executor
                    .obstacle(tier)
                    .ifPresent(
                        why ->
                            LOGGER.log(
                                System.Logger.Level.WARNING,
                                "jobs of {0} pools stay Blocked: {1}",
                                tier == TrustTier.TRUSTED ? "Trusted" : "Untrusted",
                                why));
              }
              return executor;
            });
  }

  private TokenService tokens(DataFolder folder) {
    TokenProvider provider =
        ServiceLoader.load(TokenProvider.class)
            .findFirst()
            .orElseThrow(
                () -> new StartFailedException("No issuer of tokens is on the class path."));
    var how =
        new TokenSettings(
            TokenSettings.LOCAL_ISSUER,
            settings.get(Settings.TOKEN_MAX_LIFETIME),
            settings.get(Settings.TOKEN_KEY_ROTATION));
    try {
      return provider.open(new TokenKeyFiles(folder.tokenKeys()), how, clock, random);
    } catch (TokenKeysException e) {
      throw new StartFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private AnchorFile anchorFile(DataFolder folder) {
    return AnchorFile.open(folder.audit(), folder.keys().resolve("audit"), random);
  }

  private Storage storage(DataFolder folder) {
    StorageSettings how =
        StorageSettings.of(Set.copyOf(Krate.recordGroups())).withFailPoint(failPoints.store());
    try {
      return PostgresStorage.open(database(folder), how, clock);
    } catch (StoreUnavailableException e) {
      throw new StartFailedException("The database cannot be used: " + e.getMessage(), e);
    }
  }

  private DatabaseAddress database(DataFolder folder) {
    Optional<String> url = settings.find(Settings.DATABASE_URL);
    if (url.isPresent()) {
      return new DatabaseAddress(
          url.get(), settings.find(Settings.DATABASE_USER).orElse(""), password(), POOL);
    }
    try {
      DatabaseProvider provider =
          ServiceLoader.load(DatabaseProvider.class)
              .findFirst()
              .orElseThrow(
                  () ->
                      new StartFailedException(
                          "No embedded database is on the class path. Name a PostgreSQL with "
                              + Settings.DATABASE_URL.flag()
                              + "."));
      Database database = part(provider.start(folder.database()));
      return new DatabaseAddress(database.jdbcUrl(), database.user(), database.password(), POOL);
    } catch (DatabaseFailedException e) {
      throw new StartFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private Secret password() {
    Optional<Path> file = settings.find(Settings.DATABASE_PASSWORD_FILE);
    try {
      return Secret.of(file.isPresent() ? Files.readString(file.get()).strip() : "");
    } catch (IOException e) {
      throw new StartFailedException("The password file " + file.get() + " cannot be read.", e);
    }
  }

  private KrateServer server(Listen listen, Pki pki, Krate krate, Storage storage) {
    var identity =
        new TlsIdentity(
            pki.serverCredential().key(), List.of(pki.serverCredential().certificate()));
    var services =
        new KrateServer.Services(
            (subject, remote, request) ->
                krate.call(new Caller(subject, remote, request.headers()), request),
            request -> GitBridge.open(krate, request),
            List.of(new HealthCheck("database", HealthCheck.Kind.READY, () -> trouble(storage))));
    try {
      return KrateServer.start(
          new ServerSettings(
              address(listen), identity, List.of(pki.authorityCertificate()), Limits.STANDARD),
          services,
          clock,
          this::requestId);
    } catch (UncheckedIOException e) {
      throw new StartFailedException(
          "Nothing can listen on "
              + Listen.inUrl(listen.host())
              + ":"
              + listen.port()
              + ": "
              + String.valueOf(e.getCause()).replaceFirst("^[a-zA-Z.]+: ", "")
              + ". Choose another address with "
              + Settings.LISTEN.flag()
              + ", or port 0 for a free one.",
          e);
    }
  }

  private static InetSocketAddress address(Listen listen) {
    try {
      return new InetSocketAddress(InetAddress.getAllByName(listen.host())[0], listen.port());
    } catch (UnknownHostException e) {
      throw new StartFailedException(
          "The host " + listen.host() + " of " + Settings.LISTEN.flag() + " is not known.", e);
    }
  }

  /** What clients may call the server. */
  private Set<String> hosts(Listen listen) {
    Set<String> hosts = new TreeSet<>(Set.of("localhost", "127.0.0.1", "::1"));
    if (!listen.everywhere()) {
      hosts.add(listen.host());
    }
    settings
        .find(Settings.PUBLIC_URL)
        .map(url -> url.getHost().replaceAll("[\\[\\]]", ""))
        .ifPresent(hosts::add);
    try {
      hosts.add(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "this machine does not know its own name", e);
    }
    return hosts;
  }

  private static Optional<String> trouble(Storage storage) {
    try {
      var unused = storage.records().head();
      return Optional.empty();
    } catch (StoreUnavailableException e) {
      return Optional.of("the database cannot be reached");
    }
  }

  private String requestId() {
    byte[] id = new byte[8];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  /** Stops everything, the last part first. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOGGER.log(
            System.Logger.Level.ERROR,
            "stopping " + part.getClass().getSimpleName() + " failed",
            e);
      }
    }
  }
}
