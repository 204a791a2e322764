package ai.a5c.krate.executor.process;

import ai.a5c.krate.spi.executor.RunnerTerms;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The command lines of one sandbox. No secret is in them: everybody may read them. */
final class Commands {
  /** The kernel prefers to end this before anything else of the host, and so do its children. */
  private static final String ENTER =
      """
      echo 1000 >/proc/self/oom_score_adj
      if [ -n "$1" ]; then
        echo 0 >"$1" || exit 1
      fi
      shift
      exec "$@"
      """;

  private static final long SMALLEST_FILE = 4096;
  private static final long MOST_FILES = 2_000_000;

  /** The processes that a sandbox has beside a job's, where they are the same user's. */
  private static final int OWN_PROCESSES = 6;

  private static final int SCRIPT_BYTES = 1 << 16;

  private final Host host;
  private final RunnerTerms terms;
  private final KernelUsers.Users users;

  /** What no other sandbox of this host is called, from the time when it starts. */
  private String sandbox = "";

  Commands(Host host, RunnerTerms terms, KernelUsers.Users users) {
    this.host = host;
    this.terms = terms;
    this.users = users;
  }

  /** A process that does nothing in a user namespace of its own, until its input ends. */
  ProcessBuilder holder() {
    return builder(
        List.of(host.program("unshare"), "--user", host.program("sh"), "-c", "echo up\nread -r _"));
  }

  /** Tells the kernel who the users of that namespace are. */
  void mapUsers(long holder) throws IOException {
    Path folder = Path.of("/proc", Long.toString(holder));
    if (!users.own()) {
      write(folder.resolve("setgroups"), "deny");
    }
    write(folder.resolve("uid_map"), users.userMap());
    write(folder.resolve("gid_map"), users.groupMap());
  }

  /** The kernel takes it in one piece or not at all. */
  private static void write(Path file, String text) throws IOException {
    Files.write(file, text.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
  }

  /** The first process of the sandbox, by way of the one that waits for it outside. */
  ProcessBuilder supervisor(long holder) {
    sandbox = holder + "-" + ProcessTree.begin(holder).orElse("gone");
    List<String> command = entering(Optional.empty());
    command.addAll(List.of("--user", "--target", Long.toString(holder)));
    keepCredentials(command);
    command.addAll(List.of(host.program("unshare"), "--mount", "--pid", "--ipc", "--uts"));
    if (!terms.network()) {
      command.add("--net");
    }
    command.addAll(List.of("--fork", "--kill-child", "sh", "-c", script("sandbox.sh"), "krate"));
    long files = Math.clamp(terms.diskBytes() / SMALLEST_FILE, 1_000, MOST_FILES);
    command.addAll(
        List.of(
            sandbox,
            Long.toString(terms.diskBytes()),
            Long.toString(files),
            Integer.toString(users.job()),
            terms.network() ? "network" : "none"));
    return builder(command);
  }

  /** The first process of a step, by way of one that waits for it in the sandbox. */
  ProcessBuilder step(long supervisor, String order, long bytes, Optional<Path> group) {
    List<String> command = entering(group);
    String namespaces = "/proc/" + supervisor + "/ns/";
    command.addAll(List.of("--target", Long.toString(supervisor), "--user", "--mount"));
    command.addAll(List.of("--ipc", "--uts", "--pid=" + namespaces + "pid_for_children"));
    if (!terms.network()) {
      command.add("--net");
    }
    keepCredentials(command);
    command.addAll(
        List.of("unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "sh", "-c"));
    int processes = terms.processes() + (users.own() ? 0 : OWN_PROCESSES);
    command.addAll(
        List.of(
            script("step.sh"),
            "krate",
            sandbox,
            order,
            Integer.toString(users.job()),
            Integer.toString(processes),
            Long.toString(bytes)));
    return builder(command);
  }

  private List<String> entering(Optional<Path> group) {
    String entrance = group.map(Path::toString).orElse("");
    List<String> command =
        new ArrayList<>(List.of(host.program("sh"), "-c", ENTER, "krate", entrance));
    command.addAll(List.of(host.program("perl"), "-e", script("confine.pl")));
    command.add(host.program("nsenter"));
    return command;
  }

  private void keepCredentials(List<String> command) {
    if (!users.own()) {
      command.add("--preserve-credentials");
    }
  }

  private static ProcessBuilder builder(List<String> command) {
    var builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    environment.put("LC_ALL", "C");
    builder.directory(Path.of("/").toFile());
    return builder;
  }

  private static String script(String name) {
    try (InputStream in = Commands.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no " + name + " in the jar");
      }
      return new String(in.readNBytes(SCRIPT_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("no " + name + " in the jar", e);
    }
  }
}
