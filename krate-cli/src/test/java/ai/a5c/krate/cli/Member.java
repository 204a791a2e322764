package ai.a5c.krate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Somebody with a token of a server, and with the files that {@link Kubectl} and {@link GitClient}
 * look for.
 */
record Member(String name, Path files, String token) {
  /** Asks the server for a token. */
  static Member of(ServerProcess server, Path folder, String name, String group)
      throws IOException {
    Path files = Files.createDirectories(folder.resolve(name));
    String token =
        new Person(files, server.data()).token("--user", name, "--group", group, "--ttl", "1h");
    Files.copy(server.data().resolve("ca.crt"), files.resolve("ca.crt"));
    Files.writeString(
        files.resolve("admin.kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: krate, cluster: {server: '%s', certificate-authority: ca.crt}}]
        users: [{name: me, user: {token: '%s'}}]
        contexts: [{name: krate, context: {cluster: krate, user: me}}]
        current-context: krate
        """
            .formatted(server.url(), token));
    return new Member(name, files, token);
  }

  Kubectl kubectl() throws IOException {
    return new Kubectl(
        Kubectl.programs().getFirst(), Files.createDirectories(files.resolve("home")), files);
  }

  /** Git in a folder that somebody else made. */
  GitClient git(Path clone) {
    return new GitClient(clone, files);
  }

  /** The address of a repository, with the token as the password. */
  String url(Forge forge) {
    return forge.url().replace("https://", "https://" + name + ":" + token + "@");
  }
}
