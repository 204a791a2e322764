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
  void aKubeconfigHasEverythingInIt() throws Exception {
    Ended printed = ada.krate("kubeconfig", "--user", "ada", "--group", "team");
    assertThat(printed.code()).as(printed.err()).isZero();
    Path kubeconfig = Files.writeString(temporary.resolve("ada.kubeconfig"), printed.out());

    Ended listed = ada.kubectl(kubeconfig, "get", "--raw", ISSUES);

    assertThat(listed.err()).contains("User \"ada\" cannot list resource \"issues\"");
  }

  @Test
  void kubectlActsAsSomebodyElse() {
    Path admin = server.data().resolve("admin.kubeconfig");

    assertThat(ada.kubectl(admin, "get", "--raw", ISSUES, "--as=grace").err())
        .contains("User \"grace\" cannot");
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
