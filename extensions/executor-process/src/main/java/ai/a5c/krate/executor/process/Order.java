package ai.a5c.krate.executor.process;

import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.executor.Step;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A step as the first process of it reads it: lines that name a file and its length, each followed
 * by the bytes of the file, and a last line. None of it is ever an argument or a variable of a
 * process that somebody else could see.
 */
final class Order {
  private static final int SCRIPT_BYTES = 16 << 20;
  private static final int SECRETS_BYTES = 4 << 20;
  private static final int SECRETS = 256;
  private static final int PAGE = 4096;
  private static final Pattern SECRET_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,252}");

  private final byte[] launch;
  private final byte[] script;
  private final Map<String, Secret> secrets;

  private Order(byte[] launch, byte[] script, Map<String, Secret> secrets) {
    this.launch = launch;
    this.script = script;
    this.secrets = secrets;
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if no process could be given that
   */
  static Order of(Step step) {
    byte[] script = step.script().getBytes(StandardCharsets.UTF_8);
    if (script.length > SCRIPT_BYTES) {
      throw new IllegalArgumentException("a script may have 16 MiB");
    }
    if (step.secrets().size() > SECRETS) {
      throw new IllegalArgumentException("a step may have " + SECRETS + " secrets");
    }
    long bytes = 0;
    for (Map.Entry<String, Secret> secret : step.secrets().entrySet()) {
      if (!SECRET_NAME.matcher(secret.getKey()).matches()) {
        throw new IllegalArgumentException("no file can be named as the secret is");
      }
      bytes += secret.getValue().reveal().length;
    }
    if (bytes > SECRETS_BYTES) {
      throw new IllegalArgumentException("the secrets of a step may have 4 MiB together");
    }
    String run = step.script().startsWith("#!") ? "/run/script" : "/bin/sh -e /run/script";
    byte[] launch = launch(step, run).getBytes(StandardCharsets.UTF_8);
    return new Order(launch, script, step.secrets());
  }

  /** What of memory its files take, at most. */
  long bytes() {
    long files = pages(launch.length) + pages(script.length) + 16L * PAGE;
    for (Secret secret : secrets.values()) {
      files += pages(secret.reveal().length);
    }
    return files;
  }

  void writeTo(OutputStream out) throws IOException {
    file(out, "launch", "-", launch);
    file(out, "script", "-", script);
    for (Map.Entry<String, Secret> secret : secrets.entrySet()) {
      file(out, "secret", secret.getKey(), secret.getValue().reveal());
    }
    out.write("go\n".getBytes(StandardCharsets.US_ASCII));
  }

  private static void file(OutputStream out, String word, String name, byte[] content)
      throws IOException {
    String line = word + " " + content.length + " " + name + "\n";
    out.write(line.getBytes(StandardCharsets.US_ASCII));
    out.write(content);
  }

  private static long pages(int length) {
    return (long) (length / PAGE + 2) * PAGE;
  }

  /** What the job itself runs first: it goes to its folder and takes its environment on. */
  private static String launch(Step step, String run) {
    String folder = step.workingDirectory();
    var text = new StringBuilder(256);
    if (!folder.isEmpty()) {
      text.append("cd -- ").append(quoted("./" + folder)).append(" 2>/dev/null &&\n");
      text.append("case $(pwd -P)/ in /workspace/*) ;; *) false ;; esac || {\n");
      text.append("  printf 'krate: the workspace has no folder %s\\n' ");
      text.append(quoted(folder)).append("\n  exit 126\n}\n");
    }
    var variables = new TreeMap<String, String>();
    variables.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    variables.put("HOME", "/tmp/home");
    variables.put("TMPDIR", "/tmp");
    variables.put("LANG", "C.UTF-8");
    variables.putAll(step.environment());
    variables.put("KRATE_SECRETS", "/run/secrets");
    text.append("exec env -i --default-signal=INT,QUIT --");
    variables.forEach((name, value) -> text.append(' ').append(variable(name, value)));
    return text.append(' ').append(run).append('\n').toString();
  }

  private static String variable(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new IllegalArgumentException("no variable can be named " + name);
    }
    return quoted(name + "=" + value);
  }

  private static String quoted(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a NUL cannot be given to a process");
    }
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
