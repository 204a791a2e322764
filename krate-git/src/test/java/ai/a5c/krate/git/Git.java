package ai.a5c.krate.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real {@code git} in one folder, cut off from the configuration of the machine. */
record Git(Path folder) {
  /** What a command said and how it ended. */
  record Result(int exit, String out, String err) {
    Result expectSuccess() {
      if (exit != 0) {
        throw new AssertionError("git failed with " + exit + ": " + out + err);
      }
      return this;
    }

    Result expectFailure() {
      if (exit == 0) {
        throw new AssertionError("git succeeded: " + out + err);
      }
      return this;
    }
  }

  static Git init(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var git = new Git(folder);
    git.run("init", "-q", "-b", "main");
    return git;
  }

  /**
   * Runs a command that must succeed, and gives its standard output without the last line break.
   */
  String run(String... arguments) {
    return attempt(arguments).expectSuccess().out().strip();
  }

  Result attempt(String... arguments) {
    return attempt(new byte[0], arguments);
  }

  Result attempt(byte[] input, String... arguments) {
    var command = new ArrayList<String>(List.of("git"));
    command.addAll(List.of(arguments));
    try {
      Path err = Files.createTempFile("git", ".err");
      Path in = Files.createTempFile("git", ".in");
      Files.write(in, input);
      var builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(in.toFile())
              .redirectError(err.toFile());
      var environment = builder.environment();
      environment.keySet().removeIf(name -> name.startsWith("GIT_"));
      environment.put("GIT_CONFIG_NOSYSTEM", "1");
      environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
      environment.put("GIT_TERMINAL_PROMPT", "0");
      environment.put("LC_ALL", "C");
      for (String role : List.of("AUTHOR", "COMMITTER")) {
        environment.put("GIT_" + role + "_NAME", "Ada");
        environment.put("GIT_" + role + "_EMAIL", "ada@example.org");
        environment.put("GIT_" + role + "_DATE", "1700000000 +0000");
      }
      Process process = builder.start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("git hangs: " + command);
      }
      var result = new Result(process.exitValue(), out, Files.readString(err));
      Files.delete(err);
      Files.delete(in);
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Writes a file and commits everything; gives the commit. */
  String commit(String file, String content) {
    write(file, content);
    run("add", "-A");
    run("commit", "-q", "--allow-empty", "-m", "change " + file);
    return run("rev-parse", "HEAD");
  }

  void write(String file, String content) {
    try {
      Path path = folder.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stores an object whatever it holds. */
  String hash(String type, byte[] content) {
    return attempt(content, "hash-object", "-t", type, "-w", "--literally", "--stdin")
        .expectSuccess()
        .out()
        .strip();
  }
}
