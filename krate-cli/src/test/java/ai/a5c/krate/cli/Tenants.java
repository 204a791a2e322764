package ai.a5c.krate.cli;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two organizations with people: acme, whose repositories are web and vault, and globex, whose
 * repository is site. Of every kind there is an object of each repository.
 */
final class Tenants {
  static final String ACME = "krate-org-acme";
  static final String GLOBEX = "krate-org-globex";
  static final String COMMIT = "1".repeat(40);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Krate krate;
  private final Storage storage;
  private final Api admin;

  Tenants(Krate krate, Storage storage) {
    this.krate = krate;
    this.storage = storage;
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
    repository(ACME, "web");
    repository(ACME, "vault");
    repository(GLOBEX, "site");
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

  private void repository(String namespace, String name) throws Exception {
    Api.Answer created =
        create(
            Api.config(namespace, "repositories"),
            """
            {"apiVersion": "config.krate.a5c.ai/v1alpha1", "kind": "Repository",
             "metadata": {"name": "%s"}, "spec": {"visibility": "Private"}}
            """
                .formatted(name));
    Uid uid = Uid.of(created.text("metadata", "uid"));
    for (String branch : List.of("main", "feature", "other")) {
      Operation<Boundary.Records> move =
          new Operation.MoveRef(
              uid,
              Template.of(RefName.ofBranch(branch).orElseThrow().value()),
              null,
              ObjectId.of(COMMIT));
      CommitOutcome outcome = storage.records().commit(new Transaction<>("test", List.of(move)));
      if (outcome instanceof CommitOutcome.Rejected rejected) {
        throw new IllegalStateException("a branch could not be made: " + rejected);
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
