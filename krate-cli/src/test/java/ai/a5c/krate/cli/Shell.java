package ai.a5c.krate.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The real bash as the administrator of a server: kubectl and git are set up for it, and nothing
 * else of the machine is.
 *
 * @param folder where commands run
 */
record Shell(Path folder, Path data) {
  private static final int SECONDS = 60;

  /** Words that make kubectl somebody else. */
  private static final String PRELUDE =
      """
      as=()
      if [ -n "${KRATE_AS:-}" ]; then
        while IFS= read -r who; do as+=("$who"); done <<<"$KRATE_AS"
      fi
      kubectl() { command kubectl "${as[@]}" "$@"; }
      """;

  /** How a script ended, and all that it said. */
  record Ended(int code, String said) {}

  /** Runs a script. */
  Ended run(String script) {
    return run("", script);
  }

  /**
   * Runs a script as somebody.
   *
   * @param as flags that make kubectl somebody else, a line each; empty for nobody
   */
  Ended run(String as, String script) {
    try {
      Path out = Files.createTempFile("shell", ".out");
      var builder =
          new ProcessBuilder("bash", "--norc", "-s")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile());
      Map<String, String> environment = builder.environment();
      environment.keySet().removeIf(name -> name.matches("(GIT_|KRATE_|KUBECONFIG).*"));
      environment.keySet().removeIf(name -> name.toLowerCase().endsWith("_proxy"));
      environment.putAll(settings());
      if (!as.isEmpty()) {
        environment.put("KRATE_AS", as);
      }
      Process process = builder.start();
      try (var in = process.getOutputStream()) {
        in.write((PRELUDE + script + "\n").getBytes(StandardCharsets.UTF_8));
      }
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("does not end: " + script);
      }
      String said = Files.readString(out);
      Files.delete(out);
      return new Ended(process.exitValue(), said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("HOME", folder.toString());
    settings.put("KUBECONFIG", data.resolve("admin.kubeconfig").toString());
    settings.put("GIT_CONFIG_NOSYSTEM", "1");
    settings.put("GIT_CONFIG_GLOBAL", "/dev/null");
    settings.put("GIT_TERMINAL_PROMPT", "0");
    settings.put("GIT_SSL_CAINFO", data.resolve("ca.crt").toString());
    settings.put("GIT_SSL_CERT", data.resolve("admin.crt").toString());
    settings.put("GIT_SSL_KEY", data.resolve("admin.key").toString());
    for (String who : List.of("AUTHOR", "COMMITTER")) {
      settings.put("GIT_" + who + "_NAME", "Ada");
      settings.put("GIT_" + who + "_EMAIL", "ada@example.org");
    }
    return settings;
  }
}
