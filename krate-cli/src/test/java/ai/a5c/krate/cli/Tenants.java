package ai.a5c.krate.cli;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.git.InProcessGit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.RemoteRefUpdate;

/**
 * Two organizations with people: acme, whose repositories are web and vault, and globex, whose
 * repository is site. Of every kind there is an object of each repository.
 */
final class Tenants {
  static final String ACME = "krate-org-acme";
  static final String GLOBEX = "krate-org-globex";
  static final String COMMIT = "1".repeat(40);
  static final String WORKFLOW = ".krate/workflows/manual.yaml";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Krate krate;
  private final Path folder;
  private final Api admin;

  /**
   * Nobody yet.
   *
   * @param folder for what is pushed
   */
  Tenants(Krate krate, Path folder) {
    this.krate = krate;
    this.folder = folder;
    this.admin = as(Subject.of("root", Subject.MASTERS));
  }

  /** Who asks, by the names of the matrix's columns. */
  static Map<String, Subject> subjects() {
    Map<String, Subject> subjects = new LinkedHashMap<>();
    subjects.put("anonymous", Subject.ANONYMOUS);
    for (String name :
        List.of(
            "stranger",
            "viewer",
            "developer",
            "repo-admin",
            "owner",
            "web-reader",
            "web-triager",
            "web-writer",
            "web-maintainer",
            "web-admin",
            "checker",
            "globex-owner")) {
      subjects.put(name, Subject.of(name));
    }
    return subjects;
  }

  Api as(Subject subject) {
    return new Api(krate.endpoint(subject));
  }

  Api admin() {
    return admin;
  }

  /** Creates everything, and waits until everybody has his rights. */
  void populate() throws Exception {
    organization(
        "acme",
        """
        "owners": [{"kind": "User", "name": "owner"}],
        "grants": [
          {"role": "Viewer", "subjects": [{"kind": "User", "name": "viewer"}]},
          {"role": "Developer", "subjects": [{"kind": "User", "name": "developer"}]},
          {"role": "RepoAdmin", "subjects": [{"kind": "User", "name": "repo-admin"}]}]
        """);
    organization("globex", "\"owners\": [{\"kind\": \"User\", \"name\": \"globex-owner\"}]");
    repository("acme", "web");
    repository("acme", "vault");
    repository("globex", "site");
    permit("web-reader", "Read");
    permit("web-triager", "Triage");
    permit("web-writer", "Write");
    permit("web-maintainer", "Maintain");
    permit("web-admin", "Admin");
    create(
        "/apis/rbac.authorization.k8s.io/v1/namespaces/" + ACME + "/rolebindings",
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
         "metadata": {"name": "checker"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                     "name": "krate:check-writer"},
         "subjects": [{"kind": "User", "name": "checker",
                       "apiGroup": "rbac.authorization.k8s.io"}]}
        """);
  }

  /** Creates an object as the administrator. */
  Api.Answer create(String collection, String document) {
    return admin.create(collection, document).expect(201);
  }

  private void organization(String name, String people) throws Exception {
    create(
        Api.CONFIG + "/organizations",
        """
        {"apiVersion": "config.krate.a5c.ai/v1alpha1", "kind": "Organization",
         "metadata": {"name": "%s"}, "spec": {"displayName": "One of two", %s}}
        """
            .formatted(name, people));
    ready(Api.CONFIG + "/organizations/" + name, "AccessReady");
  }

  private void repository(String organization, String name) throws Exception {
    create(
        Api.config("krate-org-" + organization, "repositories"),
        """
        {"apiVersion": "config.krate.a5c.ai/v1alpha1", "kind": "Repository",
         "metadata": {"name": "%s"}, "spec": {"visibility": "Private"}}
        """
            .formatted(name));
    push(organization, name);
  }

  /** The branches main, feature and other, with a workflow that people may start. */
  private void push(String organization, String repository) throws Exception {
    Path work = Files.createTempDirectory(folder, repository);
    Path workflow = work.resolve(WORKFLOW);
    Files.createDirectories(workflow.getParent());
    Files.writeString(
        workflow,
        """
        apiVersion: krate.a5c.ai/v1alpha1
        kind: Workflow
        metadata: {name: manual}
        spec:
          on: {manual: {}}
          steps:
            - {name: wait, script: sleep 1}
        """);
    var transport = new InProcessGit(krate.git(Subject.of("root", Subject.MASTERS)));
    try (var git = Git.init().setInitialBranch("main").setDirectory(work.toFile()).call()) {
      var unused = git.add().addFilepattern(".krate").call();
      var commit =
          git.commit()
              .setAuthor("Ada", "ada@example.org")
              .setCommitter("Ada", "ada@example.org")
              .setSign(false)
              .setMessage("Begin")
              .call();
      var pushed =
          git.push()
              .setRemote(transport.url(organization, repository))
              .setTransportConfigCallback(transport)
              .setRefSpecs(
                  new RefSpec("HEAD:refs/heads/main"),
                  new RefSpec("HEAD:refs/heads/feature"),
                  new RefSpec("HEAD:refs/heads/other"))
              .call();
      for (var result : pushed) {
        for (var update : result.getRemoteUpdates()) {
          if (update.getStatus() != RemoteRefUpdate.Status.OK) {
            throw new IllegalStateException(commit.name() + " was not pushed: " + update);
          }
        }
      }
    }
  }

  private void permit(String user, String permission) throws Exception {
    create(
        Api.config(ACME, "repositorypermissions"),
        """
        {"apiVersion": "config.krate.a5c.ai/v1alpha1", "kind": "RepositoryPermission",
         "metadata": {"name": "%1$s"},
         "spec": {"repository": "web", "subject": {"kind": "User", "name": "%1$s"},
                  "permission": "%2$s"}}
        """
            .formatted(user, permission));
    ready(Api.config(ACME, "repositorypermissions") + "/" + user, "Projected");
  }

  private void ready(String target, String condition) throws Exception {
    Waiting.until(
        target + " is " + condition,
        PATIENCE,
        () -> {
          String text = admin.get(target).text().replace(" ", "");
          return text.matches("(?s).*\"type\":\"" + condition + "\",\"status\":\"True\".*")
              || text.matches("(?s).*\"status\":\"True\",[^{}]*\"type\":\"" + condition + "\".*")
              || text.matches("(?s).*\"type\":\"" + condition + "\",[^{}]*\"status\":\"True\".*");
        });
  }
}
