package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Reviews and checks as several people with the real git and the real kubectl meet them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReviewIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir static Path temporary;

  private ServerProcess server;
  private Member alice;
  private Member bob;
  private Member carol;
  private Member ci;
  private Kubectl admin;

  @BeforeAll
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    alice = member("alice", "developers");
    bob = member("bob", "developers");
    carol = member("carol", "maintainers");
    ci = member("ci", "builders");
    admin =
        new Kubectl(
            Kubectl.programs().getFirst(),
            Files.createDirectories(temporary.resolve("home")),
            server.data());
  }

  private Member member(String name, String group) throws Exception {
    return Member.of(server, temporary.resolve("people"), name, group);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  /**
   * A forge whose main is protected, whose clone is alice's, and whose people have the roles that
   * every forge has.
   */
  private Forge forge(String organization, String protection) throws Exception {
    Forge forge = Forge.create(server, temporary.resolve(organization), organization, "web");
    for (String binding :
        List.of(
            "developers=krate:developer",
            "maintainers=krate:repo-admin",
            "builders=krate:check-writer")) {
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
    carol
        .kubectl()
        .runWith(
            """
            apiVersion: config.krate.a5c.ai/v1alpha1
            kind: BranchProtection
            metadata: {name: main, namespace: %s}
            spec: {branches: [main], %s}
            """
                .formatted(forge.namespace(), protection),
            "create",
            "-f",
            "-");
    return new Forge(server, alice.git(forge.git().folder()), organization, "web");
  }

  private static String created(Member person, Forge forge, String kind, String spec)
      throws Exception {
    return person
        .kubectl()
        .runWith(
            """
            apiVersion: krate.a5c.ai/v1alpha1
            kind: %s
            metadata: {generateName: web-, namespace: %s}
            spec: {%s}
            """
                .formatted(kind, forge.namespace(), spec),
            "create",
            "-f",
            "-",
            "-o",
            "jsonpath={.metadata.name}");
  }

  private void pushTopic(Forge forge) {
    forge.git().run("checkout", "-q", "-b", "topic", "main");
    forge.git().commit("topic", "a topic\n");
    forge.git().run("push", "-q", alice.url(forge), "topic");
  }

  private static String review(Member person, Forge forge, String pull, String decision)
      throws Exception {
    return created(person, forge, "Review", "pullRequest: " + pull + ", decision: " + decision);
  }

  private static Kubectl.Ended merge(Member person, Forge forge, String pull) throws Exception {
    return person
        .kubectl()
        .attempt(
            Optional.empty(),
            "patch",
            "pr",
            pull,
            "-n",
            forge.namespace(),
            "--type=merge",
            "-p",
            "{\"spec\":{\"merged\":true}}");
  }

  private static String field(Forge forge, Member person, String object, String path)
      throws Exception {
    return person
        .kubectl()
        .run("get", object, "-n", forge.namespace(), "-o", "jsonpath={" + path + "}");
  }

  private void awaitField(Forge forge, String object, String path, String value) {
    Waiting.until(
        object + " has " + value + " at " + path,
        PATIENCE,
        () -> {
          try {
            return field(forge, bob, object, path).equals(value);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void aPullRequestIsMergedOnceEverythingThatIsAskedIsThere() throws Exception {
    Forge forge =
        forge("asked", "requiredApprovals: 1, requiredChecks: [{name: build, source: External}]");
    pushTopic(forge);
    String pull =
        created(
            alice, forge, "PullRequest", "repository: web, sourceBranch: topic, title: A topic");
    assertThat(pull).isEqualTo("web-1");
    Path err = Files.createTempFile(temporary, "watch", ".err");
    Process watch = bob.kubectl().start(err, "get", "pr", "-n", forge.namespace(), "-w");
    try {
      Kubectl.Ended early = merge(bob, forge, pull);
      assertThat(early.code()).isNotZero();
      assertThat(early.err())
          .contains(
              "ApprovalsMissing: BranchProtection \"main\": 0 of 1 approvals",
              "ChecksPending: BranchProtection \"main\": check \"build\" of an external CI",
              "is missing");
      awaitField(forge, "pr/web-1", ".status.reasons", "[\"ApprovalsMissing\",\"ChecksPending\"]");
      String own = review(alice, forge, pull, "Approve");
      awaitField(forge, "review/" + own, ".status.selfReview", "true");
      String check = check(forge, "Running");
      String approval = review(bob, forge, pull, "Approve");
      awaitField(forge, "review/" + approval, ".status.current", "true");
      awaitField(forge, "pr/web-1", ".status.reasons", "[\"ChecksPending\"]");
      ci.kubectl()
          .run(
              "patch",
              "check",
              check,
              "-n",
              forge.namespace(),
              "--type=merge",
              "-p",
              "{\"spec\":{\"phase\":\"Succeeded\"}}");
      var out =
          new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8));
      assertThat(out.lines().filter(line -> line.matches("web-1 .* True .*")).findFirst())
          .isPresent();
    } finally {
      watch.destroyForcibly().waitFor();
    }
    assertThat(bob.kubectl().run("get", "pr", "-n", forge.namespace(), "-o", "wide"))
        .containsPattern("NAME +.*MERGEABLE .*APPROVALS +CHECKS");
    assertThat(bob.kubectl().run("get", "reviews", "-n", forge.namespace()))
        .containsPattern("NAME +PULL REQUEST +DECISION +AUTHOR +CURRENT +AGE")
        .containsPattern("web-1 +Approve +bob +true")
        .containsPattern("web-1 +Approve +alice +false");
    assertThat(bob.kubectl().run("get", "checks", "-n", forge.namespace()))
        .containsPattern("NAME +COMMIT +CHECK +PHASE +AUTHOR +AGE")
        .containsPattern("build +Succeeded +ci");
    assertThat(merge(bob, forge, pull).code()).isZero();
    assertThat(field(forge, bob, "pr/web-1", ".status.phase")).isEqualTo("Merged");
  }

  /** The name of a new check on the head of the only pull request. */
  private String check(Forge forge, String phase) throws Exception {
    String head = field(forge, bob, "pr/web-1", ".status.head.commit");
    String check =
        created(
            ci,
            forge,
            "Check",
            "repository: web, name: build, phase: %s, commit: '%s'".formatted(phase, head));
    Kubectl.Ended other =
        bob.kubectl()
            .attempt(
                Optional.empty(),
                "patch",
                "check",
                check,
                "-n",
                forge.namespace(),
                "--type=merge",
                "-p",
                "{\"spec\":{\"phase\":\"Succeeded\"}}");
    assertThat(other.err()).contains("cannot patch resource \"checks\"");
    Kubectl.Ended owner =
        admin.attempt(
            Optional.empty(),
            "patch",
            "check",
            check,
            "-n",
            forge.namespace(),
            "--type=merge",
            "-p",
            "{\"spec\":{\"phase\":\"Succeeded\"}}");
    assertThat(owner.err()).contains("only its author changes a check");
    return check;
  }

  @Test
  void aPushEndsApprovalsAndARequestForChangesStands() throws Exception {
    Forge forge = forge("stale", "requiredApprovals: 1");
    pushTopic(forge);
    String pull =
        created(
            alice, forge, "PullRequest", "repository: web, sourceBranch: topic, title: A topic");
    String approval = review(bob, forge, pull, "Approve");
    awaitField(forge, "pr/web-1", ".status.mergeable", "True");
    forge.git().commit("topic", "another topic\n");
    forge.git().run("push", "-q", alice.url(forge), "topic");
    awaitField(forge, "pr/web-1", ".status.reasons", "[\"ApprovalsMissing\"]");
    awaitField(forge, "review/" + approval, ".status.stale", "true");
    assertThat(merge(carol, forge, pull).err()).contains("bob approved another commit");
    // Who moves the branch no longer approves.
    GitClient bobs = bob.git(forge.git().folder());
    bobs.commit("topic", "a better topic\n");
    bobs.run("push", "-q", bob.url(forge), "topic");
    String own = review(bob, forge, pull, "Approve");
    awaitField(forge, "review/" + own, ".status.selfReview", "true");
    assertThat(merge(carol, forge, pull).err())
        .contains("bob opened the pull request or moved its branch");
    String blocking = review(carol, forge, pull, "RequestChanges");
    awaitField(forge, "pr/web-1", ".status.reasons", "[\"ApprovalsMissing\",\"ChangesRequested\"]");
    review(carol, forge, pull, "Approve");
    awaitField(forge, "pr/web-1", ".status.mergeable", "True");
    awaitField(forge, "review/" + blocking, ".status.current", "false");
    assertThat(field(forge, bob, "pr/web-1", ".status.approvals"))
        .isEqualTo("{\"by\":[\"carol\"],\"given\":1,\"required\":1}");
    assertThat(merge(carol, forge, pull).code()).isZero();
  }

  @Test
  void aSquashIsOneCommitByItsAuthor() throws Exception {
    Forge forge = forge("squashed", "requiredApprovals: 0, requireLinearHistory: true");
    pushTopic(forge);
    forge.git().commit("more", "more of it\n");
    forge.git().run("push", "-q", alice.url(forge), "topic");
    String pull =
        created(
            alice, forge, "PullRequest", "repository: web, sourceBranch: topic, title: A topic");
    assertThat(merge(bob, forge, pull).err()).isEmpty();
    forge.git().run("fetch", "-q", alice.url(forge), "main");
    List<String> line =
        forge.git().run("log", "-1", "--format=%an|%cn|%s|%P", "FETCH_HEAD").lines().toList();
    String before = forge.git().run("rev-parse", "main");
    assertThat(line).containsExactly("alice|bob|A topic (#1)|" + before);
    assertThat(forge.git().run("rev-parse", "FETCH_HEAD^{tree}"))
        .isEqualTo(forge.git().run("rev-parse", "topic^{tree}"));
  }
}
