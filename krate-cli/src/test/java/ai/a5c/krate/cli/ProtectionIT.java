package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Protected branches as the real git and the real kubectl meet them, on a whole server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProtectionIT {
  @TempDir static Path temporary;

  private ServerProcess server;
  private Kubectl kubectl;

  @BeforeAll
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    Path home = Files.createDirectories(temporary.resolve("home"));
    kubectl = new Kubectl(Kubectl.programs().getFirst(), home, server.data());
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private Forge forge(String organization) throws Exception {
    return Forge.create(server, temporary.resolve(organization), organization, "web");
  }

  private void protect(Forge forge, String name, String spec) {
    kubectl.runWith(
        """
        apiVersion: config.krate.a5c.ai/v1alpha1
        kind: BranchProtection
        metadata: {name: %s, namespace: %s}
        spec: {%s}
        """
            .formatted(name, forge.namespace(), spec),
        "apply",
        "-f",
        "-");
  }

  private static String refused(Forge forge, String... push) {
    GitClient.Ended ended = forge.git().attempt(push);
    assertThat(ended.code()).as(ended.out() + ended.err()).isNotZero();
    return ended.err();
  }

  private static String main(Forge forge) {
    return forge.git().remoteRefs(forge.url()).get("refs/heads/main");
  }

  @Test
  void aProtectedBranchChangesByPullRequestAlone() throws Exception {
    Forge forge = forge("guarded");
    GitClient git = forge.git();
    String before = main(forge);
    protect(forge, "main", "repositories: [web], branches: [main], requiredApprovals: 0");
    git.commit("a", "1\n");
    assertThat(refused(forge, "push", forge.url(), "main"))
        .contains(
            "[remote rejected] main -> main (main is protected by BranchProtection \"main\":"
                + " changes come by pull request)");
    git.run("reset", "-q", "--hard", before);
    git.run("commit", "-q", "--amend", "-m", "Another beginning");
    assertThat(refused(forge, "push", "--force", forge.url(), "main"))
        .contains("changes come by pull request", "its commits must not be taken away by force");
    assertThat(refused(forge, "push", forge.url(), ":main"))
        .contains("main is protected by BranchProtection \"main\": it must not be deleted");
    assertThat(main(forge)).isEqualTo(before);
    git.run("reset", "-q", "--hard", before);
    forge.pushBranch("topic", "topic", "a topic\n");
    String merged =
        forge
            .merge(server.api(), forge.open("topic", "A topic"))
            .expect(200)
            .text("status", "merge", "commit");
    assertThat(main(forge)).isEqualTo(merged);
    assertThat(kubectl.run("get", "bp", "-n", forge.namespace()).lines().toList())
        .first()
        .asString()
        .containsPattern("NAME +REPOSITORIES +BRANCHES +APPROVALS +CHECKS +AGE");
  }

  @Test
  void whatDoesNotMatchIsFreeAndEachRefIsJudgedAlone() throws Exception {
    Forge forge = forge("matched");
    GitClient git = forge.git();
    protect(forge, "releases", "branches: ['release/*']");
    String tip = git.commit("a", "1\n");
    String err =
        refused(
            forge,
            "push",
            forge.url(),
            "main",
            "main:release/1",
            "main:release/1.x/hotfix",
            "main:refs/tags/release/1");
    assertThat(err)
        .contains("[remote rejected] main -> release/1 (release/1 is protected by")
        .contains("\"releases\"");
    assertThat(git.remoteRefs(forge.url()))
        .containsEntry("refs/heads/main", tip)
        .containsEntry("refs/heads/release/1.x/hotfix", tip)
        .containsEntry("refs/tags/release/1", tip)
        .doesNotContainKey("refs/heads/release/1");
    git.commit("a", "2\n");
    assertThat(refused(forge, "push", "--atomic", forge.url(), "main", "main:release/2"))
        .contains("\"releases\"");
    assertThat(main(forge)).isEqualTo(tip);
  }

  @Test
  void aLinearHistoryTakesNoMergeCommits() throws Exception {
    Forge forge = forge("linear");
    GitClient git = forge.git();
    protect(
        forge, "line", "branches: [main], requirePullRequest: false, requireLinearHistory: true");
    git.commit("a", "1\n");
    git.run("push", "-q", forge.url(), "main");
    git.run("checkout", "-q", "-b", "side", "main~1");
    git.commit("b", "1\n");
    git.run("checkout", "-q", "main");
    git.run("merge", "-q", "--no-ff", "-m", "Both", "side");
    String merge = git.run("rev-parse", "HEAD");
    git.commit("c", "1\n");
    assertThat(refused(forge, "push", forge.url(), "main"))
        .contains("its history is linear, and " + merge.substring(0, 8) + " is a merge");
    git.run("push", "-q", forge.url(), "main:elsewhere");
    assertThat(refused(forge, "push", forge.url(), "main")).contains("is a merge");
    git.run("rebase", "-q", merge + "^1");
    git.run("push", "-q", forge.url(), "main");
  }

  @Test
  void disguisesMoveNothing() throws Exception {
    Forge forge = forge("disguise");
    GitClient git = forge.git();
    String before = main(forge);
    protect(forge, "main", "branches: [main]");
    git.commit("a", "1\n");
    for (String ref :
        List.of(
            "refs/heads/MAIN",
            "refs/heads/heads/main",
            "refs/tags/main",
            "refs/tags/heads/main",
            "refs/heads/ma\u0131n")) {
      git.run("push", "-q", forge.url(), "main:" + ref);
    }
    for (String ref :
        List.of(
            "refs/heads/main/x",
            "refs/pull/1/head",
            "refs/remotes/origin/main",
            "refs/main",
            "refs/heads/HEAD")) {
      assertThat(refused(forge, "push", forge.url(), "main:" + ref)).contains("remote rejected");
    }
    assertThat(refused(forge, "push", forge.url(), "main:refs/heads/main", ":refs/heads/MAIN"))
        .contains("\"main\"");
    assertThat(refused(forge, "push", "--mirror", forge.url())).contains("\"main\"");
    git.run("push", "-q", forge.url(), "main:refs/heads/refs/heads/main");
    Map<String, String> refs = git.remoteRefs(forge.url());
    assertThat(refs).containsEntry("refs/heads/main", before).containsEntry("HEAD", before);
    assertThat(git.run("ls-remote", "--symref", forge.url(), "HEAD"))
        .contains("ref: refs/heads/main\tHEAD");
  }

  @Test
  void aBypassIsAllowedAndNamedInTheAuditTrail() throws Exception {
    Forge forge = forge("bypass");
    GitClient git = forge.git();
    protect(forge, "main", "branches: [main], bypassers: [{kind: Group, name: 'system:masters'}]");
    String tip = git.commit("a", "1\n");
    git.run("push", "-q", forge.url(), "main");
    assertThat(main(forge)).isEqualTo(tip);
    assertThat(kubectl.run("get", "audit", "-n", forge.namespace(), "-o", "yaml"))
        .contains("push.krate.a5c.ai/bypassed:")
        .contains("main is protected by BranchProtection");
  }

  @Test
  void theFirstPushMakesTheDefaultBranchWhateverProtectsIt() throws Exception {
    Forge forge = forge("first");
    protect(forge, "all", "branches: ['**']");
    server
        .api()
        .create(
            Api.config(forge.namespace(), "repositories"),
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"Repository",
             "metadata":{"name":"fresh"},"spec":{}}\
            """)
        .expect(201);
    String url = server.git("first", "fresh");
    GitClient git = forge.git();
    Waiting.until(
        "the repository is there",
        Duration.ofSeconds(30),
        () -> git.attempt("ls-remote", url).code() == 0);
    assertThat(refused(forge, "push", url, "main:topic")).contains("\"all\"");
    git.run("push", "-q", url, "main");
    git.commit("a", "1\n");
    assertThat(refused(forge, "push", url, "main")).contains("\"all\"");
  }
}
