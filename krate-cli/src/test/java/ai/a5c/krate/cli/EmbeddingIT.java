package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.ApiClient;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.RefusedException;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.LocalKeys;
import ai.a5c.krate.git.InProcessGit;
import ai.a5c.krate.git.JGitBackend;
import ai.a5c.krate.storage.postgres.DatabaseAddress;
import ai.a5c.krate.storage.postgres.PostgresStorage;
import ai.a5c.krate.storage.postgres.StorageSettings;
import ai.a5c.krate.testkit.database.TestDatabases;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.TransportException;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.transport.PushResult;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The forge in another program: with its own authorizer and authenticator, and without HTTP. */
class EmbeddingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Subject ADA = Subject.of("ada", "writers");
  private static final Subject BOB = Subject.of("bob");
  private static final String REPOSITORIES = Api.config("krate-org-acme", "repositories");
  private static final String ISSUES = Api.records("krate-org-acme", "issues");

  @RegisterExtension static final TestDatabases DATABASES = new TestDatabases();

  @TempDir Path temporary;

  private final ConcurrentLinkedQueue<Attributes> asked = new ConcurrentLinkedQueue<>();
  private PostgresStorage storage;
  private JGitBackend backend;
  private Krate krate;
  private Git work;

  @BeforeEach
  void open() throws Exception {
    var database = DATABASES.fresh();
    storage =
        PostgresStorage.open(
            new DatabaseAddress(database.jdbcUrl(), database.user(), database.password(), 8),
            StorageSettings.of(Set.copyOf(Krate.recordGroups())),
            InstantSource.system());
    backend = new JGitBackend(temporary.resolve("repositories"), storage.records());
    krate =
        Krate.builder(storage, backend, LocalKeys.open(temporary.resolve("keys")))
            .authorizer(this::decide)
            .authenticator(EmbeddingIT::session)
            .build();
    ApiClient api = new ApiClient(krate.endpoint(ADA));
    api.create(
        Api.CONFIG + "/organizations",
        "{apiVersion: config.krate.a5c.ai/v1alpha1, kind: Organization, metadata: {name: acme}, spec: {displayName: Acme}}");
    api.await("/api/v1/namespaces/krate-org-acme", found -> true, PATIENCE);
    api.create(
        REPOSITORIES,
        "{apiVersion: config.krate.a5c.ai/v1alpha1, kind: Repository, metadata: {name: web}, spec: {}}");
    api.await(REPOSITORIES + "/web", web -> web.contains("\"Ready\""), PATIENCE);
    work = Git.init().setInitialBranch("main").setDirectory(folder("work")).call();
  }

  @AfterEach
  void close() {
    work.close();
    krate.close();
    backend.close();
    storage.close();
  }

  private java.io.File folder(String name) {
    return temporary.resolve(name).toFile();
  }

  /** Writers may do everything, others read. */
  private Decision decide(Attributes attributes) {
    asked.add(attributes);
    return attributes.subject().in("writers") || attributes.verb().matches("get|list|watch")
        ? new Decision.Allow("so says the test")
        : new Decision.NoOpinion();
  }

  private static Subject session(Caller caller) {
    if (!caller.verified().equals(Subject.ANONYMOUS)) {
      return caller.verified();
    }
    return Map.of("cookie-of-ada", ADA, "cookie-of-bob", BOB)
        .getOrDefault(caller.headers().first("X-Session").orElse(""), Subject.ANONYMOUS);
  }

  private InProcessGit as(Subject subject) {
    return new InProcessGit(krate.git(subject));
  }

  private void commit(String file, byte[] content) throws IOException, GitAPIException {
    Files.write(temporary.resolve("work").resolve(file), content);
    work.add().addFilepattern(file).call();
    work.commit()
        .setMessage("Change " + file)
        .setAuthor("Ada", "ada@example.org")
        .setCommitter("Ada", "ada@example.org")
        .call();
  }

  private List<RemoteRefUpdate> push(Subject subject, boolean force, String... specs)
      throws GitAPIException {
    InProcessGit transport = as(subject);
    Iterable<PushResult> results =
        work.push()
            .setRemote(transport.url("acme", "web"))
            .setTransportConfigCallback(transport)
            .setForce(force)
            .setRefSpecs(java.util.Arrays.stream(specs).map(RefSpec::new).toList())
            .call();
    return List.copyOf(results.iterator().next().getRemoteUpdates());
  }

  private Map<String, Ref> refs(Subject subject) throws GitAPIException {
    InProcessGit transport = as(subject);
    return Git.lsRemoteRepository()
        .setRemote(transport.url("acme", "web"))
        .setTransportConfigCallback(transport)
        .callAsMap();
  }

  @Test
  void whatIsPushedIsCloned() throws Exception {
    byte[] large = new byte[5_000_000];
    new Random(7).nextBytes(large);
    commit("large", large);
    commit("small", "small".getBytes(StandardCharsets.UTF_8));

    assertThat(push(ADA, false, "main", "HEAD:refs/tags/v1"))
        .allMatch(update -> update.getStatus() == RemoteRefUpdate.Status.OK);

    InProcessGit transport = as(BOB);
    try (Git clone =
        Git.cloneRepository()
            .setURI(transport.url("acme", "web"))
            .setTransportConfigCallback(transport)
            .setDirectory(folder("clone"))
            .call()) {
      assertThat(clone.getRepository().resolve("HEAD"))
          .isEqualTo(work.getRepository().resolve("HEAD"));
      assertThat(temporary.resolve("clone/large")).hasBinaryContent(large);
      commit("more", large);
      push(ADA, false, "main");
      clone.fetch().setTransportConfigCallback(transport).call();
      assertThat(clone.getRepository().resolve("origin/main"))
          .isEqualTo(work.getRepository().resolve("HEAD"));
    }
  }

  @Test
  void whatIsRefusedIsToldPerRef() throws Exception {
    commit("a", new byte[] {1});
    push(ADA, false, "main");

    List<RemoteRefUpdate> updates =
        push(ADA, false, "main:refs/heads/other", "main:refs/pull/1/head");

    assertThat(updates)
        .extracting(RemoteRefUpdate::getStatus)
        .containsExactlyInAnyOrder(
            RemoteRefUpdate.Status.OK, RemoteRefUpdate.Status.REJECTED_OTHER_REASON);
    assertThat(updates)
        .extracting(RemoteRefUpdate::getMessage)
        .anyMatch(message -> message != null && message.contains("read-only"));
    assertThat(refs(BOB)).containsKeys("refs/heads/main", "refs/heads/other");
  }

  @Test
  void aPushIsMadeAgainFromItsAuditEntry() throws Exception {
    commit("a", new byte[] {1});
    push(ADA, false, "main", "main:refs/heads/gone");
    String first = work.getRepository().resolve("HEAD").name();
    work.commit()
        .setAmend(true)
        .setMessage("Amended")
        .setAuthor("Ada", "ada@example.org")
        .setCommitter("Ada", "ada@example.org")
        .call();
    String second = work.getRepository().resolve("HEAD").name();
    push(ADA, true, "main", ":refs/heads/gone");

    String trail = new ApiClient(krate.endpoint(ADA)).get(Api.RECORDS + "/auditevents");

    assertThat(trail)
        .contains(
            "git push /acme/web.git " + first + ":refs/heads/main " + first + ":refs/heads/gone")
        .contains("git push /acme/web.git +" + second + ":refs/heads/main :refs/heads/gone");
  }

  @Test
  void theAuthorizerDecidesForTheApiAndForGit() throws Exception {
    ApiClient ada = new ApiClient(krate.endpoint(ADA));
    ApiClient bob = new ApiClient(krate.endpoint(BOB));
    String issue =
        "{apiVersion: krate.a5c.ai/v1alpha1, kind: Issue, metadata: {name: one}, spec: {repository: web, title: One}}";

    assertThatThrownBy(() -> bob.create(ISSUES, issue))
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.code()).isEqualTo(403));
    ada.create(ISSUES, issue);
    assertThat(bob.get(ISSUES + "/one")).contains("\"title\":\"One\"");
    commit("a", new byte[] {1});
    assertThatThrownBy(() -> push(BOB, false, "main")).isInstanceOf(TransportException.class);
    push(ADA, false, "main");
    assertThat(refs(BOB)).containsKey("refs/heads/main");
    assertThat(asked)
        .extracting(
            a ->
                a.subject().name()
                    + " "
                    + a.verb()
                    + " "
                    + a.resource().resource()
                    + "/"
                    + a.subresource())
        .contains("ada update repositories/git", "bob get repositories/git");
  }

  @Test
  void theAuthenticatorFindsOutWhoAsks() throws Exception {
    assertThat(created("cookie-of-ada", "from-ada")).isEqualTo(201);
    assertThat(created("cookie-of-bob", "from-bob")).isEqualTo(403);
    assertThat(created("forged", "from-nobody")).isEqualTo(403);
    assertThat(new ApiClient(krate.endpoint(ADA)).get(ISSUES + "/from-ada"))
        .contains("\"author\":{\"name\":\"ada\"");
  }

  private int created(String session, String name) {
    String issue =
        "{apiVersion: krate.a5c.ai/v1alpha1, kind: Issue, metadata: {name: "
            + name
            + "}, spec: {repository: web, title: One}}";
    ApiRequest plain = ApiRequest.of("POST", ISSUES, "application/yaml", issue);
    ApiRequest request =
        new ApiRequest(
            plain.method(),
            plain.target(),
            plain.headers().with("X-Session", session),
            plain.body());
    Headers headers = request.headers();
    try (var response = krate.call(new Caller(Subject.ANONYMOUS, "192.0.2.1", headers), request)) {
      return response.status();
    }
  }

  @Test
  void whatIsNotThereIsNotThereForGitEither() {
    InProcessGit transport = as(ADA);

    assertThatThrownBy(
            () ->
                Git.lsRemoteRepository()
                    .setRemote(transport.url("acme", "nowhere"))
                    .setTransportConfigCallback(transport)
                    .call())
        .isInstanceOf(GitAPIException.class)
        .hasMessageContaining("not found");
    assertThatThrownBy(
            () ->
                Git.lsRemoteRepository()
                    .setRemote("https://elsewhere.example.org/acme/web.git")
                    .setTransportConfigCallback(transport)
                    .call())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatDoesNotComeIsNotWaitedForInVain() {
    ApiClient ada = new ApiClient(krate.endpoint(ADA));
    UnaryOperator<String> path = name -> REPOSITORIES + "/" + name;

    assertThatThrownBy(() -> ada.await(path.apply("never"), any -> true, Duration.ofMillis(100)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("NotFound");
  }
}
