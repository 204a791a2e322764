package ai.a5c.krate.testkit.git;

import ai.a5c.krate.api.meta.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The real {@code git}, which must be on the PATH, in one folder, cut off from the configuration of
 * the machine. Commits are Ada's, at a fixed time. A command that does not end within two minutes
 * is ended, and fails.
 */
public record Git(Path folder) {
  /** What a command said and how it ended. */
  public record Result(int exit, Bytes output, String err) {
    /** The standard output as text. */
    public String out() {
      return new String(output.toArray(), StandardCharsets.UTF_8);
    }

    public Result expectSuccess() {
      if (exit != 0) {
        throw new AssertionError("git failed with " + exit + ": " + out() + err);
      }
      return this;
    }

    public Result expectFailure() {
      if (exit == 0) {
        throw new AssertionError("git succeeded: " + out() + err);
      }
      return this;
    }
  }

  /** A new repository, on the branch {@code main}. */
  public static Git init(Path folder) {
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
  public String run(String... arguments) {
    return attempt(arguments).expectSuccess().out().strip();
  }

  /** Runs a command that may fail. */
  public Result attempt(String... arguments) {
    return attempt(new byte[0], arguments);
  }

  /** Runs a command that reads this, and may fail. */
  public Result attempt(byte[] input, String... arguments) {
    var command = new ArrayList<String>(List.of("git"));
    command.addAll(List.of(arguments));
    try {
      Path work = Files.createTempDirectory("git");
      try {
        return execute(command, Files.write(work.resolve("in"), input), work);
      } finally {
        for (String file : List.of("in", "out", "err")) {
          Files.deleteIfExists(work.resolve(file));
        }
        Files.delete(work);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private Result execute(List<String> command, Path in, Path work)
      throws IOException, InterruptedException {
    Path out = work.resolve("out");
    Path err = work.resolve("err");
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    isolate(builder.environment());
    Process process = builder.start();
    try {
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        throw new AssertionError("git hangs: " + command);
      }
    } finally {
      process.destroyForcibly();
    }
    return new Result(
        process.exitValue(), Bytes.owning(Files.readAllBytes(out)), Files.readString(err));
  }

  private static void isolate(Map<String, String> environment) {
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
  }

  /** Writes a file and commits everything; gives the commit. */
  public String commit(String file, String content) {
    write(file, content);
    run("add", "-A");
    run("commit", "-q", "--allow-empty", "-m", "change " + file);
    return run("rev-parse", "HEAD");
  }

  /** Writes a file, and the folders that it lies in. */
  public void write(String file, String content) {
    try {
      Path path = folder.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of an object, which must be of this type. */
  public byte[] content(String type, String object) {
    return attempt("cat-file", type, object).expectSuccess().output().toArray();
  }

  /** Stores an object whatever it holds. */
  public String hash(String type, byte[] content) {
    return attempt(content, "hash-object", "-t", type, "-w", "--literally", "--stdin")
        .expectSuccess()
        .out()
        .strip();
  }
}
