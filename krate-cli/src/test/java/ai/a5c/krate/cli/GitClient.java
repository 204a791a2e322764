package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The real git in one folder, cut off from the machine's configuration, with the administrator's
 * certificate, if it is there.
 */
record GitClient(Path folder, Path data) {
  /** How a command ended. */
  record Ended(int code, String out, String err) {}

  /** A new repository with one branch, main, that has no commit yet. */
  static GitClient init(Path folder, Path data) throws IOException {
    Files.createDirectories(folder);
    var git = new GitClient(folder, data);
    git.run("init", "-q", "-b", "main");
    return git;
  }

  /** Runs a command that must succeed, and gives what it said without the last line break. */
  String run(String... arguments) {
    Ended ended = attempt(arguments);
    assertThat(ended.code()).as("%s: %s%s", List.of(arguments), ended.out(), ended.err()).isZero();
    return ended.out().strip();
  }

  Ended attempt(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    try {
      Path err = Files.createTempFile("git", ".err");
      var builder =
          new ProcessBuilder(command).directory(folder.toFile()).redirectError(err.toFile());
      Map<String, String> environment = builder.environment();
      environment.keySet().removeIf(name -> name.startsWith("GIT_"));
      environment.keySet().removeIf(name -> name.toLowerCase().endsWith("_proxy"));
      environment.putAll(settings());
      Process process = builder.start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      String said = Files.readString(err);
      Files.delete(err);
      return new Ended(code, out, said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + command, e);
    }
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("HOME", folder.toString());
    settings.put("GIT_CONFIG_NOSYSTEM", "1");
    settings.put("GIT_CONFIG_GLOBAL", "/dev/null");
    settings.put("GIT_TERMINAL_PROMPT", "0");
    settings.put("GIT_SSL_CAINFO", data.resolve("ca.crt").toString());
    if (Files.exists(data.resolve("admin.crt"))) {
      settings.put("GIT_SSL_CERT", data.resolve("admin.crt").toString());
      settings.put("GIT_SSL_KEY", data.resolve("admin.key").toString());
    }
    for (String who : List.of("AUTHOR", "COMMITTER")) {
      settings.put("GIT_" + who + "_NAME", "Ada");
      settings.put("GIT_" + who + "_EMAIL", "ada@example.org");
    }
    return settings;
  }

  /** Writes a file and commits it to the branch that is checked out. */
  String commit(String file, String content) {
    try {
      Files.writeString(folder.resolve(file), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run("add", file);
    run("commit", "-q", "-m", "Change " + file);
    return run("rev-parse", "HEAD");
  }

  /** Every ref that a repository shows, with where it points. */
  Map<String, String> remoteRefs(String url) {
    Map<String, String> refs = new TreeMap<>();
    run("ls-remote", url)
        .lines()
        .map(line -> line.split("\t"))
        .filter(parts -> parts.length == 2)
        .forEach(parts -> refs.put(parts[1], parts[0]));
    return refs;
  }
}
