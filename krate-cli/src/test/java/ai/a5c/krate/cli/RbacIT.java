package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Roles, bindings and reviews with the real kubectl, of every version that is here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RbacIT {
  @TempDir static Path temporary;

  private ServerProcess server;

  @BeforeAll
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    kubectl("kubectl").run("create", "namespace", "team");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  static List<String> programs() {
    return Kubectl.programs();
  }

  private Kubectl kubectl(String program) throws Exception {
    Path home = temporary.resolve("home-" + Path.of(program).getFileName());
    Files.createDirectories(home);
    return new Kubectl(program, home, server.data());
  }

  @ParameterizedTest
  @MethodSource("programs")
  void theCallerAsksWhatHeMayDo(String program) throws Exception {
    Kubectl kubectl = kubectl(program);
    assertThat(kubectl.run("auth", "can-i", "create", "issues", "-n", "team").strip())
        .isEqualTo("yes");
    assertThat(kubectl.run("auth", "can-i", "get", "/version").strip()).isEqualTo("yes");
    assertThat(kubectl.run("auth", "can-i", "--list", "-n", "team"))
        .contains("selfsubjectaccessreviews.authorization.k8s.io", "*.*", "[/openapi/*]");
    assertThat(kubectl.run("auth", "whoami")).contains("system:masters");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void rolesAndBindingsAreMadeByCommands(String program) throws Exception {
    Kubectl kubectl = kubectl(program);
    String name = "x" + Path.of(program).getFileName().toString().replace('.', '-');
    kubectl.run(
        "create",
        "role",
        name,
        "-n",
        "team",
        "--verb=get,list",
        "--resource=issues.krate.a5c.ai,repositories.config.krate.a5c.ai/git",
        "--resource-name=web");
    kubectl.run(
        "create",
        "rolebinding",
        name,
        "-n",
        "team",
        "--role=" + name,
        "--user=" + name,
        "--group=" + name + "-group",
        "--serviceaccount=team:bot");
    kubectl.run("create", "clusterrole", name, "--verb=get", "--non-resource-url=/x/*");
    kubectl.run("create", "clusterrolebinding", name, "--clusterrole=" + name, "--group=" + name);
    assertThat(kubectl.run("describe", "role", name, "-n", "team"))
        .contains("PolicyRule:", "issues.krate.a5c.ai", "repositories.config.krate.a5c.ai/git")
        .contains("[web]", "[get list]");
    assertThat(kubectl.run("describe", "rolebinding", name, "-n", "team"))
        .contains("Role", name, "ServiceAccount", "bot", "team");
    assertThat(kubectl.run("describe", "clusterrole", name)).contains("[/x/*]");
    assertThat(kubectl.run("get", "rolebinding", name, "-n", "team")).contains("ROLE", name);
    assertThat(kubectl.run("get", "clusterrole", "krate:developer", "-o", "yaml"))
        .contains("kubernetes.io/bootstrapping: rbac-defaults", "- merge", "repositories/git");
    assertThat(review(kubectl, name, "get", "web")).isEqualTo("true");
    assertThat(review(kubectl, name, "get", "other")).isEqualTo("false");
    assertThat(review(kubectl, name, "delete", "web")).isEqualTo("false");
    assertThat(
            kubectl.run("get", "issues", "web", "-n", "team", "--as", name, "--ignore-not-found"))
        .isEmpty();
    Kubectl.Ended refused =
        kubectl.attempt(Optional.empty(), "delete", "issue", "web", "-n", "team", "--as", name);
    assertThat(refused.code()).isNotZero();
    assertThat(refused.err()).contains("User \"" + name + "\" cannot delete resource \"issues\"");
    assertThat(kubectl.run("auth", "can-i", "--list", "-n", "team", "--as", name))
        .contains("issues.krate.a5c.ai", "[web]", "[get list]");
    kubectl.run("delete", "rolebinding", name, "-n", "team");
    assertThat(review(kubectl, name, "get", "web")).isEqualTo("false");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void nobodyGivesHimselfMore(String program) throws Exception {
    Kubectl kubectl = kubectl(program);
    String name = "e" + Path.of(program).getFileName().toString().replace('.', '-');
    kubectl.run(
        "create",
        "role",
        name,
        "-n",
        "team",
        "--verb=create,get,list",
        "--resource=roles.rbac.authorization.k8s.io,rolebindings.rbac.authorization.k8s.io");
    kubectl.run("create", "rolebinding", name, "-n", "team", "--role=" + name, "--user=" + name);
    Kubectl.Ended refused =
        kubectl.attempt(
            Optional.empty(),
            "create",
            "role",
            name + "-more",
            "-n",
            "team",
            "--verb=get",
            "--resource=secrets",
            "--as",
            name);
    assertThat(refused.code()).isNotZero();
    assertThat(refused.err())
        .contains("user \"" + name + "\" (groups=[\"system:authenticated\"])")
        .contains("is attempting to grant RBAC permissions not currently held:")
        .contains("{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\"]}");
    assertThat(
            kubectl
                .attempt(
                    Optional.empty(),
                    "create",
                    "rolebinding",
                    name + "-more",
                    "-n",
                    "team",
                    "--clusterrole=cluster-admin",
                    "--user=" + name,
                    "--as",
                    name)
                .code())
        .isNotZero();
    kubectl.run(
        "create",
        "rolebinding",
        name + "-same",
        "-n",
        "team",
        "--role=" + name,
        "--user=bob",
        "--as",
        name);
  }

  private static String review(Kubectl kubectl, String user, String verb, String issue) {
    return kubectl.runWith(
        """
        apiVersion: authorization.k8s.io/v1
        kind: SubjectAccessReview
        spec:
          user: %s
          resourceAttributes:
            {namespace: team, verb: %s, group: krate.a5c.ai, resource: issues, name: %s}
        """
            .formatted(user, verb, issue),
        "create",
        "--validate=false", // kubectl looks for a PATCH, which no review has, and then for OpenAPI
        // v2
        "-f",
        "-",
        "-o",
        "jsonpath={.status.allowed}");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void rolesAreReconciledAndAppliedAgain(String program) throws Exception {
    Kubectl kubectl = kubectl(program);
    String name = "r" + Path.of(program).getFileName().toString().replace('.', '-');
    String role =
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: %s, namespace: team}
        rules:
        - {verbs: [%s], apiGroups: [krate.a5c.ai], resources: [issues]}
        """;
    kubectl.runWith(role.formatted(name, "get"), "apply", "-f", "-");
    kubectl.runWith(role.formatted(name, "get, list"), "apply", "-f", "-");
    kubectl.runWith(role.formatted(name, "watch"), "auth", "reconcile", "-f", "-");
    assertThat(kubectl.run("get", "role", name, "-n", "team", "-o", "yaml"))
        .contains("- get", "- list", "- watch");
    String binding =
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: %s, namespace: team}
        subjects: [{kind: User, name: ada}]
        roleRef: {kind: Role, name: %s, apiGroup: rbac.authorization.k8s.io}
        """;
    kubectl.runWith(binding.formatted(name, name), "apply", "-f", "-");
    Kubectl.Ended changed =
        kubectl.attempt(Optional.of(binding.formatted(name, "other")), "apply", "-f", "-");
    assertThat(changed.code()).isNotZero();
    assertThat(changed.err()).contains("roleRef", "immutable");
    kubectl.runWith(binding.formatted(name, "other"), "auth", "reconcile", "-f", "-");
    assertThat(kubectl.run("get", "rolebinding", name, "-n", "team")).contains("other");
  }
}
