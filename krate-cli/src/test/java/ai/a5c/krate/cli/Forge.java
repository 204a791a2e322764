package ai.a5c.krate.cli;

import java.nio.file.Path;
import java.time.Duration;

/** An organization with one repository that has one commit, and what tests do in it. */
record Forge(ServerProcess server, GitClient git, String organization, String repository) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Creates both, and pushes {@code main} from a folder of its own. */
  static Forge create(ServerProcess server, Path clone, String organization, String repository)
      throws Exception {
    Api api = server.api();
    api.create(
            Api.CONFIG + "/organizations",
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"Organization",
             "metadata":{"name":"%s"},"spec":{"displayName":"An organization"}}"""
                .formatted(organization))
        .expect(201);
    var forge = new Forge(server, GitClient.init(clone, server.data()), organization, repository);
    String repositories = Api.config(forge.namespace(), "repositories");
    Waiting.until(
        "the organization has its namespace",
        PATIENCE,
        () -> api.get(Api.CORE + "/namespaces/" + forge.namespace()).code() == 200);
    api.create(
            repositories,
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"Repository",
             "metadata":{"name":"%s"},"spec":{}}"""
                .formatted(repository))
        .expect(201);
    Waiting.until(
        "the repository is ready",
        PATIENCE,
        () -> api.get(repositories + "/" + repository).text().contains("\"type\":\"Ready\""));
    forge.git().commit("README", "Hello.\n");
    forge.git().run("push", "-q", forge.url(), "main");
    return forge;
  }

  String namespace() {
    return "krate-org-" + organization;
  }

  String url() {
    return server.git(organization, repository);
  }

  String pullRequests() {
    return Api.records(namespace(), "pullrequests");
  }

  String issues() {
    return Api.records(namespace(), "issues");
  }

  /** Pushes a branch that starts at main and changes one file. */
  String pushBranch(String branch, String file, String content) {
    git.run("checkout", "-q", "-b", branch, "main");
    String commit = git.commit(file, content);
    git.run("push", "-q", url(), branch);
    return commit;
  }

  /** The document of a pull request to main. */
  String pullRequest(String branch, String title) {
    return """
        {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"PullRequest",
         "metadata":{"generateName":"%1$s-"},
         "spec":{"repository":"%1$s","sourceBranch":"%2$s","title":"%3$s"}}"""
        .formatted(repository, branch, title);
  }

  /** The document of an issue. */
  String issue(String title) {
    return """
        {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Issue",
         "metadata":{"generateName":"%1$s-"},"spec":{"repository":"%1$s","title":"%2$s"}}"""
        .formatted(repository, title);
  }

  /** Opens a pull request to main, and gives its name. */
  String open(String branch, String title) {
    return server.api().create(pullRequests(), pullRequest(branch, title)).expect(201).name();
  }

  Api.Answer merge(Api api, String name) {
    return api.patch(pullRequests() + "/" + name, "{\"spec\":{\"merged\":true}}");
  }
}
