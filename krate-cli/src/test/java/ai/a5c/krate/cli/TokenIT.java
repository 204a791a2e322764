package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.cli.Person.Ended;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** People prove who they are: with the real kubectl, git and curl. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String ISSUES = "/apis/krate.a5c.ai/v1alpha1/issues";
  private static final String REFS = "/acme/web.git/info/refs?service=git-upload-pack";

  @TempDir static Path temporary;

  private ServerProcess server;
  private Person ada;

  @BeforeAll
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    Forge.create(server, temporary.resolve("clone"), "acme", "web");
    ada = new Person(Files.createDirectory(temporary.resolve("home")), server.data());
    allowBea();
  }

  /** Bea may read and push the repository, list issues, and ask for tokens for herself. */
  private void allowBea() {
    String rbac = "/apis/rbac.authorization.k8s.io/v1/";
    server
        .api()
        .create(
            rbac + "clusterroles",
            """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole",
             "metadata":{"name":"of-bea"},"rules":[
             {"apiGroups":["config.krate.a5c.ai"],"resources":["repositories/git"],
              "verbs":["get","update"]},
             {"apiGroups":["krate.a5c.ai"],"resources":["issues"],"verbs":["list"]},
             {"apiGroups":["authentication.krate.a5c.ai"],"resources":["tokenrequests"],
              "verbs":["create"]},
             {"apiGroups":[""],"resources":["users"],"verbs":["impersonate"],
              "resourceNames":["bea"]}]}""")
        .expect(201);
    server
        .api()
        .create(
            rbac + "clusterrolebindings",
            """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding",
             "metadata":{"name":"of-bea"},
             "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole",
              "name":"of-bea"},
             "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"bea"}]}""")
        .expect(201);
    Waiting.until(
        "bea may list issues",
        PATIENCE,
        () -> ada.bearer(api(ISSUES), ada.token("--user", "bea")).out().startsWith("HTTP/1.1 200"));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private String api(String path) {
    return server.url() + path;
  }

  /** Every entry of the audit trail about tokens, the oldest first. */
  private List<JsonObject> issued() {
    return server
        .api()
        .get(Api.RECORDS + "/auditevents?fieldSelector=resource.resource%3Dtokenrequests")
        .expect(200)
        .items();
  }

  private static String basic(String token) {
    return "Authorization: Basic "
        + Base64.getEncoder().encodeToString(("x:" + token).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aTokenSaysWhoAsksAtTheApi() {
    String token = ada.token("--user", "ada", "--group", "team", "--ttl", "5m");

    assertThat(ada.bearer(api(ISSUES), token).out())
        .startsWith("HTTP/1.1 403")
        .contains("User \\\"ada\\\" cannot list resource");
    assertThat(ada.curl(api(ISSUES)).out()).contains("User \\\"system:anonymous\\\" cannot list");
  }

  @Test
  void aTokenIsAPasswordForGit() {
    String token = ada.token("--user", "ada");

    assertThat(ada.curl(api(REFS)).out())
        .startsWith("HTTP/1.1 401")
        .containsIgnoringCase("www-authenticate: Basic realm=\"Krate\"");
    assertThat(ada.curl(api(REFS), "-H", basic(token)).out()).startsWith("HTTP/1.1 404");
    assertThat(ada.curl(api(REFS), "-H", basic("hunter2")).out())
        .startsWith("HTTP/1.1 401")
        .containsIgnoringCase("www-authenticate: Basic");
    assertThat(ada.curl(api(REFS), "-H", basic("")).out()).startsWith("HTTP/1.1 401");
  }

  @Test
  void aTokenForGitIsForGitAlone() {
    String token = ada.token("--user", "ada", "--for", "git");

    assertThat(ada.curl(api(REFS), "-H", basic(token)).out()).startsWith("HTTP/1.1 404");
    assertThat(ada.bearer(api(ISSUES), token).out())
        .startsWith("HTTP/1.1 401")
        .contains("\"reason\":\"Unauthorized\"", "but for Git alone");
  }

  @Test
  void aTokenExpires() {
    String token = ada.token("--user", "ada", "--ttl", "1s");

    Waiting.until(
        "the token has expired",
        PATIENCE,
        () -> ada.bearer(api(ISSUES), token).out().contains("the token has expired"));
    assertThat(ada.bearer(api("/version"), token).out()).startsWith("HTTP/1.1");
    assertThat(ada.curl(api(REFS), "-H", basic(token)).out())
        .startsWith("HTTP/1.1 401")
        .endsWith("the token has expired\n");
  }

  @Test
  void whatIsNoTokenOfThisServerIsRefused() {
    String token = ada.token("--user", "ada");
    for (String forged :
        List.of(token.substring(0, token.length() - 2), "x" + token, token + "A", "e30.e30.e30")) {
      assertThat(ada.bearer(api(ISSUES), forged).out()).startsWith("HTTP/1.1 401");
    }
  }

  @Test
  void gitGetsAFreshTokenFromTheHelper() {
    String host = server.url().getAuthority();
    Ended filled =
        ada.git(
            temporary,
            "protocol=https\nhost=" + host + "\n\n",
            "-c",
            "credential.helper=",
            "-c",
            "credential.helper=" + ada.helper("--user", "ada"),
            "credential",
            "fill");

    assertThat(filled.code()).as(filled.err()).isZero();
    assertThat(filled.out()).contains("username=ada\npassword=");
    String password = filled.out().replaceAll("(?s).*password=([^\n]*).*", "$1");
    assertThat(ada.curl(api(REFS), "-H", basic(password)).out()).startsWith("HTTP/1.1 404");
    assertThat(ada.bearer(api(ISSUES), password).out()).startsWith("HTTP/1.1 401");
  }

  @Test
  void gitClonesAndPushesWithTheHelper() throws Exception {
    String helper = "credential.helper=" + ada.helper("--user", "bea");
    Path clone = temporary.resolve("of-bea");
    Ended cloned =
        ada.git(
            temporary,
            "",
            "-c",
            "credential.helper=",
            "-c",
            helper,
            "clone",
            "-q",
            server.git("acme", "web"),
            clone.toString());
    assertThat(cloned.code()).as(cloned.err()).isZero();
    assertThat(clone.resolve("README")).hasContent("Hello.");

    Ended pushed =
        ada.git(
            clone,
            "",
            "-c",
            "credential.helper=",
            "-c",
            helper,
            "push",
            "-q",
            "origin",
            "main:by-bea");
    assertThat(pushed.code()).as(pushed.err()).isZero();
    assertThat(
            server
                .api()
                .get(Api.RECORDS + "/auditevents?fieldSelector=resource.name%3Dweb,verb%3Dupdate")
                .expect(200)
                .items())
        .anySatisfy(entry -> assertThat(Api.text(entry, "user", "name")).isEqualTo("bea"));
  }

  @Test
  void gitTellsItsUserWhyATokenIsRefused() {
    String url = server.git("acme", "web").replace("https://", "https://x:e30.e30.e30@");
    Ended refused = ada.git(temporary, "", "-c", "credential.helper=", "ls-remote", url);

    assertThat(refused.code()).isNotZero();
    assertThat(refused.err()).contains("remote: the token", "Authentication failed");
  }

  @Test
  void whoMayActAsHimselfMayRenewHisToken() {
    String token = ada.token("--user", "bea", "--ttl", "5m");
    String question =
        """
        {"apiVersion":"authentication.krate.a5c.ai/v1alpha1","kind":"TokenRequest",
         "spec":{"user":"%s"}}""";
    String requests = api("/apis/authentication.krate.a5c.ai/v1alpha1/tokenrequests");
    String json = "Content-Type: application/json";
    String bearer = "Authorization: Bearer " + token;

    assertThat(ada.curl(requests, "-H", bearer, "-H", json, "-d", question.formatted("bea")).out())
        .startsWith("HTTP/1.1 201")
        .contains("\"token\":\"eyJ");
    assertThat(ada.curl(requests, "-H", bearer, "-H", json, "-d", question.formatted("ada")).out())
        .startsWith("HTTP/1.1 403")
        .contains("cannot impersonate");
  }

  @Test
  void aKubeconfigHasEverythingInIt() throws Exception {
    Ended printed = ada.krate("kubeconfig", "--user", "ada", "--group", "team");
    assertThat(printed.code()).as(printed.err()).isZero();
    Path kubeconfig = Files.writeString(temporary.resolve("ada.kubeconfig"), printed.out());

    Ended asked = ada.kubectl(kubeconfig, "auth", "whoami", "-o", "json");

    assertThat(asked.code()).as(asked.err()).isZero();
    JsonObject user = Api.parse(asked.out()).getJsonObject("status").getJsonObject("userInfo");
    assertThat(user.getString("username")).isEqualTo("ada");
    assertThat(user.getJsonArray("groups")).hasToString("[\"team\",\"system:authenticated\"]");
    assertThat(ada.kubectl(kubeconfig, "get", "issues", "-A").err())
        .contains("User \"ada\" cannot list resource \"issues\"");
  }

  @Test
  void kubectlActsAsSomebodyElse() {
    Path admin = server.data().resolve("admin.kubeconfig");

    assertThat(ada.kubectl(admin, "get", "issues", "-A", "--as=grace").err())
        .contains("User \"grace\" cannot");
    assertThat(ada.kubectl(admin, "auth", "whoami", "--as=grace", "--as-group=team").out())
        .contains("grace", "team", "system:authenticated");
    assertThat(ada.kubectl(admin, "auth", "can-i", "list", "issues", "-A", "--as=bea").out())
        .startsWith("yes");
    assertThat(
            ada.kubectl(
                    admin,
                    "create",
                    "namespace",
                    "by-grace",
                    "--as=grace",
                    "--as-group=system:masters")
                .out())
        .contains("namespace/by-grace created");
    JsonObject entry =
        server
            .api()
            .get(Api.RECORDS + "/auditevents?fieldSelector=resource.name%3Dby-grace,verb%3Dcreate")
            .expect(200)
            .items()
            .getFirst();
    assertThat(Api.text(entry, "user", "name")).isEqualTo("grace");
    assertThat(Api.text(entry, "impersonatedBy")).isEqualTo("krate:admin");
  }

  @Test
  void theTrailNamesEveryTokenAndHoldsNone() throws Exception {
    int before = issued().size();
    String token = ada.token("--user", "zoe", "--group", "team", "--ttl", "5m");

    List<JsonObject> entries = issued();
    assertThat(entries).hasSize(before + 1);
    assertThat(entries)
        .anySatisfy(
            entry -> {
              assertThat(Api.text(entry, "user", "name")).isEqualTo("krate:admin");
              assertThat(Api.text(entry, "decision")).isEqualTo("Allowed");
              assertThat(Api.text(entry, "command")).contains("zoe", "team", "5m");
            });
    assertThat(entries.toString()).doesNotContain("eyJ");
    String command =
        entries.stream()
            .map(entry -> Api.text(entry, "command"))
            .filter(text -> text.contains("zoe"))
            .findFirst()
            .orElseThrow();
    Ended again = ada.bash(server.data().resolve("admin.kubeconfig"), command);
    assertThat(again.code()).as(command + again.err()).isZero();
    assertThat(again.out()).doesNotContain("eyJ");
    assertThat(issued()).hasSize(before + 2);
    Path log = server.data().resolveSibling(server.data().getFileName() + ".log");
    assertThat(Files.readString(log)).doesNotContain(token).doesNotContain("eyJ");
  }

  @Test
  void whatCannotBeIsRefusedWithTheReason() {
    assertThat(ada.krate("token", "--user", "system:admin").err())
        .contains("spec.user", "system: are reserved");
    assertThat(ada.krate("token", "--user", "ada", "--group", "system:masters").err())
        .contains("spec.groups[0]", "system: are reserved");
    Ended late = ada.krate("token", "--user", "ada", "--ttl", "25h");
    assertThat(late.err()).contains("must be from 1s to 24h");
    assertThat(late.code()).isEqualTo(Main.FAILED);
    assertThat(late.out()).isEmpty();
  }

  @Test
  void aRestartSignsWithAnotherKeyAndOldTokensGoOnToHold() throws Exception {
    String before = ada.token("--user", "ada");
    server.stop();
    server.close();
    server = ServerProcess.start(temporary.resolve("data"));
    String after = ada.token("--user", "ada");

    assertThat(keyId(after)).isNotEqualTo(keyId(before));
    for (String token : List.of(before, after)) {
      assertThat(ada.bearer(api(ISSUES), token).out()).contains("User \\\"ada\\\" cannot list");
    }
    List<Path> keys;
    try (Stream<Path> files = Files.list(server.data().resolve("keys/tokens"))) {
      keys = files.toList();
    }
    int signing = 0;
    for (Path key : keys) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
          .isEqualTo("rw-------");
      signing += Files.readString(key).contains("\"d\"") ? 1 : 0;
    }
    assertThat(keys).hasSizeGreaterThan(1);
    assertThat(signing).isEqualTo(1);
  }

  private static String keyId(String token) {
    String header =
        new String(
            Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.'))),
            StandardCharsets.UTF_8);
    return Api.text(Api.parse(header), "kid");
  }
}
