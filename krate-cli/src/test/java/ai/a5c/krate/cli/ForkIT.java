package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Forks as people with the real git and the real kubectl meet them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForkIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path temporary;

  private ServerProcess server;
  private Kubectl admin;
  private Member alice;
  private Member bob;
  private Member carol;
  private Member sam;

  @BeforeAll
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    admin = administrator(server, "home");
    Path people = temporary.resolve("people");
    alice = Member.of(server, people, "alice", "developers");
    bob = Member.of(server, people, "bob", "developers");
    carol = Member.of(server, people, "carol", "maintainers");
    sam = Member.of(server, people, "sam", "strangers");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private static Kubectl administrator(ServerProcess of, String home) throws Exception {
    return new Kubectl(
        Kubectl.programs().getFirst(), Files.createDirectories(temporary.resolve(home)), of.data());
  }

  /** A forge whose people have the roles that every forge has. */
  private Forge forge(String organization) throws Exception {
    Forge forge = Forge.create(server, temporary.resolve(organization), organization, "web");
    for (String binding : List.of("developers=krate:developer", "maintainers=krate:repo-admin")) {
      String[] both = binding.split("=");
      admin.run(
          "create",
          "rolebinding",
          both[0],
          "-n",
          forge.namespace(),
          "--clusterrole=" + both[1],
          "--group=" + both[0]);
    }
    return forge;
  }

  private static String repository(Forge forge, String name, String parent) {
    return """
        apiVersion: config.krate.a5c.ai/v1alpha1
        kind: Repository
        metadata: {name: %s, namespace: %s}
        spec: {forkOf: %s}
        """
        .formatted(name, forge.namespace(), parent);
  }

  /** The fork of web, made by somebody and ready. */
  private static Forge forked(Kubectl by, Forge forge, GitClient git) {
    by.runWith(repository(forge, "fork", "web"), "create", "-f", "-");
    by.run(
        "wait",
        "--for=condition=Ready",
        "--timeout=60s",
        "repository/fork",
        "-n",
        forge.namespace());
    return new Forge(forge.server(), git, forge.organization(), "fork");
  }

  private static String pullRequest(Forge forge, String source, String branch) {
    return """
        apiVersion: krate.a5c.ai/v1alpha1
        kind: PullRequest
        metadata: {generateName: web-, namespace: %s}
        spec: {repository: web, sourceRepository: %s, sourceBranch: %s, title: From a fork}
        """
        .formatted(forge.namespace(), source, branch);
  }

  private static String field(Kubectl kubectl, Forge forge, String object, String path) {
    return kubectl.run("get", object, "-n", forge.namespace(), "-o", "jsonpath={" + path + "}");
  }

  private static void awaitField(
      Kubectl kubectl, Forge forge, String object, String path, String value) {
    Waiting.until(
        object + " has " + value + " at " + path,
        PATIENCE,
        () -> field(kubectl, forge, object, path).equals(value));
  }

  /** Everything that a repository shows, and that native Git finds nothing wrong with. */
  private Map<String, String> sound(Forge forge) throws Exception {
    Path folder = Files.createTempDirectory(temporary, "mirror");
    GitClient mirror = GitClient.init(folder, server.data());
    mirror.run("fetch", "-q", forge.url(), "+refs/*:refs/seen/*");
    GitClient.Ended fsck = mirror.attempt("fsck", "--strict", "--no-dangling");
    assertThat(fsck.code()).as(fsck.out() + fsck.err()).isZero();
    return mirror.remoteRefs(forge.url());
  }

  @Test
  void aForkIsClonedPushedToReviewedAndMerged() throws Exception {
    Forge forge = forge("road");
    forge.git().run("tag", "-a", "-m", "one", "v1");
    forge.git().run("push", "-q", forge.url(), "v1");
    Path clone = temporary.resolve("road-fork");
    Forge fork = forked(carol.kubectl(), forge, alice.git(clone));
    GitClient.Ended cloned =
        alice.git(temporary).attempt("clone", "-q", alice.url(fork), clone.toString());
    assertThat(cloned.code()).as(cloned.err()).isZero();
    assertThat(fork.git().run("rev-parse", "HEAD", "v1"))
        .isEqualTo(forge.git().run("rev-parse", "main", "v1"));

    fork.git().run("checkout", "-q", "-b", "topic");
    String first = fork.git().commit("topic", "a topic\n");
    fork.git().run("push", "-q", alice.url(fork), "topic");
    assertThat(sound(forge)).doesNotContainValue(first);
    String pull =
        alice
            .kubectl()
            .runWith(
                pullRequest(forge, "fork", "topic"),
                "create",
                "-f",
                "-",
                "-o",
                "jsonpath={.metadata.name} {.status.fork} {.status.head.commit}");
    assertThat(pull).isEqualTo("web-1 true " + first);
    assertThat(sound(forge)).containsEntry("refs/pull/1/head", first);
    String next = fork.git().commit("topic", "a better topic\n");
    fork.git().run("push", "-q", alice.url(fork), "topic");
    awaitField(bob.kubectl(), forge, "pr/web-1", ".status.head.commit", next);
    assertThat(sound(forge)).containsEntry("refs/pull/1/head", next);
    assertThat(
            bob.kubectl()
                .run(
                    "get",
                    "pr",
                    "-n",
                    forge.namespace(),
                    "-o",
                    "name",
                    "--field-selector",
                    "spec.sourceRepository=fork"))
        .isEqualToIgnoringNewLines("pullrequest.krate.a5c.ai/web-1");
    bob.kubectl()
        .runWith(
            """
            apiVersion: krate.a5c.ai/v1alpha1
            kind: Review
            metadata: {generateName: web-, namespace: %s}
            spec: {pullRequest: web-1, decision: Approve}
            """
                .formatted(forge.namespace()),
            "create",
            "-f",
            "-");
    awaitField(bob.kubectl(), forge, "pr/web-1", ".status.mergeable", "True");
    bob.kubectl()
        .run(
            "patch",
            "pr",
            "web-1",
            "-n",
            forge.namespace(),
            "--type=merge",
            "-p",
            "{\"spec\":{\"merged\":true}}");
    forge.git().run("fetch", "-q", forge.url(), "main");
    assertThat(forge.git().run("rev-parse", "FETCH_HEAD^2")).isEqualTo(next);
    Map<String, String> before = sound(fork);
    assertThat(before)
        .containsOnlyKeys(
            "HEAD", "refs/heads/main", "refs/heads/topic", "refs/tags/v1", "refs/tags/v1^{}");
    // The fork needs its parent no more, and the other way round.
    admin.run("delete", "repository", "web", "-n", forge.namespace(), "--timeout=60s");
    assertThat(sound(fork)).isEqualTo(before);
  }

  @Test
  void whatIsOutOfSightIsNeitherForkedNorASource() throws Exception {
    Forge forge = forge("hidden");
    String namespace = forge.namespace();
    admin.run(
        "create",
        "role",
        "creator",
        "-n",
        namespace,
        "--verb=create",
        "--resource=repositories.config.krate.a5c.ai");
    admin.run(
        "create", "rolebinding", "creator", "-n", namespace, "--role=creator", "--group=strangers");
    String hidden = refused(sam, repository(forge, "fork", "web"));
    String missing = refused(sam, repository(forge, "fork", "absent"));
    assertThat(missing).contains("spec.forkOf: Not found: \"absent\"");
    assertThat(hidden.replace("\"web\"", "\"absent\"")).isEqualTo(missing);
    // A developer sees web and a repository that he has a right to, but no other fork.
    admin.runWith(repository(forge, "fork", "web"), "create", "-f", "-");
    admin.run(
        "create",
        "role",
        "opener",
        "-n",
        namespace,
        "--verb=create",
        "--resource=pullrequests.krate.a5c.ai");
    admin.run(
        "create",
        "role",
        "within",
        "-n",
        namespace,
        "--verb=get,create",
        "--resource=repositories.config.krate.a5c.ai/pullrequests",
        "--resource-name=web");
    for (String role : List.of("opener", "within")) {
      admin.run(
          "create", "rolebinding", role, "-n", namespace, "--role=" + role, "--group=strangers");
    }
    hidden = refused(sam, pullRequest(forge, "fork", "main"));
    missing = refused(sam, pullRequest(forge, "absent", "main"));
    assertThat(missing).contains("spec.sourceRepository: Not found: \"absent\"");
    assertThat(hidden.replace("\"fork\"", "\"absent\"")).isEqualTo(missing);
  }

  private static String refused(Member person, String manifest) throws Exception {
    Kubectl.Ended ended = person.kubectl().attempt(Optional.of(manifest), "create", "-f", "-");
    assertThat(ended.code()).as(ended.out()).isNotZero();
    return ended.err();
  }

  @Test
  void aServerThatDiesWhileAHeadFollowsGoesOnAfterwards() throws Exception {
    Path data = temporary.resolve("doomed");
    Path clone = temporary.resolve("doomed-clone");
    try (ServerProcess first = ServerProcess.start(data)) {
      Forge forge = Forge.create(first, clone, "acme", "web");
      Forge fork = forked(administrator(first, "doomed-home"), forge, forge.git());
      forge.git().run("checkout", "-q", "-b", "topic");
      forge.git().commit("topic", "a topic\n");
      forge.git().run("push", "-q", fork.url(), "topic");
      first
          .api()
          .create(
              forge.pullRequests(),
              """
              {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"PullRequest",
               "metadata":{"generateName":"web-"},"spec":{"repository":"web",
               "sourceRepository":"fork","sourceBranch":"topic","title":"From a fork"}}""")
          .expect(201);
      first.stop();
    }
    String next;
    // The first objects are those of the push, the second those that the head needs.
    try (ServerProcess doomed = ServerProcess.start(data, "git/after-fsync@2")) {
      var git = new GitClient(clone, data);
      next = git.commit("topic", "a better topic\n");
      GitClient.Ended unused = git.attempt("push", "-q", doomed.git("acme", "fork"), "topic");
      doomed.awaitHalt();
    }
    try (ServerProcess again = ServerProcess.start(data)) {
      var forge = new Forge(again, new GitClient(clone, data), "acme", "web");
      assertThat(forge.git().remoteRefs(again.git("acme", "fork")))
          .containsEntry("refs/heads/topic", next);
      Waiting.until(
          "the head has followed",
          PATIENCE,
          () ->
              again
                  .api()
                  .get(forge.pullRequests() + "/web-1")
                  .text("status", "head", "commit")
                  .equals(next));
      assertThat(forge.git().remoteRefs(forge.url())).containsEntry("refs/pull/1/head", next);
      forge.merge(again.api(), "web-1").expect(200);
      again.stop();
    }
  }
}
