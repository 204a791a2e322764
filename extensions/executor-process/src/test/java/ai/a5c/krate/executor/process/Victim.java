package ai.a5c.krate.executor.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a server has and a job must not get at: a secret file, a database's socket, a port, a socket
 * without a file, a process with secrets in its environment and memory. And the attempts to get at
 * them: scripts that say REACHED if they do, on this host as well as in a sandbox.
 */
final class Victim implements AutoCloseable {
  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
  private static final int PTRACE = ARM ? 117 : 101;
  private static final int PRCTL = ARM ? 167 : 157;

  private final Path folder;
  private final ServerSocketChannel socket;
  private final ServerSocket port;
  private final Process process;

  private Victim(Path folder, ServerSocketChannel socket, ServerSocket port, Process process) {
    this.folder = folder;
    this.socket = socket;
    this.port = port;
    this.process = process;
  }

  static Victim in(Path folder) throws IOException {
    Path file = folder.resolve("admin.kubeconfig");
    Files.writeString(file, "canary-file\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    socket.bind(UnixDomainSocketAddress.of(folder.resolve("s.PGSQL")));
    var port = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    // Anybody who may at all may trace it: that its parent is not the tracer is not what saves it.
    String program =
        "syscall(%d, 0x59616d61, -1, 0, 0, 0); $s = join('-', 'canary', 'memory'); $| = 1;"
                .formatted(PRCTL)
            + " socket(A, 1, 1, 0) && bind(A, pack('Sa*', 1, qq(\\0krate-canary-$$))) or die;"
            + " listen(A, 5) or die;"
            + " print \"up\\n\"; <STDIN>; print $s;";
    var builder = new ProcessBuilder("perl", "-e", program, "canary-arguments");
    builder.environment().put("PASSWORD", "canary-environment");
    Process process = builder.start();
    if (process.getInputStream().read() != 'u') {
      throw new IOException("perl does not start");
    }
    return new Victim(folder, socket, port, process);
  }

  /** By name, those that any user of the host is able to do. */
  Map<String, String> attempts() {
    var all = new LinkedHashMap<String, String>();
    all.put("file", "grep -q canary-file FILE && echo REACHED");
    all.put(
        "file by the root of a process",
        "grep -q canary-file /proc/self/root/FILE && echo REACHED");
    all.put(
        "file by a link",
        "ln -s / \"$TMPDIR/link$$\"; grep -q canary-file \"$TMPDIR/link$$\"FILE && echo REACHED; rm \"$TMPDIR/link$$\"");
    all.put(
        "socket of the database",
        "perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0) or die;"
            + " connect(S, sockaddr_un(\"SOCKET\")) and print \"REACHED\\n\"'");
    all.put(
        "environment of a process",
        "grep -aq canary-environment /proc/PID/environ && echo REACHED");
    all.put(
        "arguments of a process", "grep -aq canary-arguments /proc/PID/cmdline && echo REACHED");
    all.put(
        "memory of a process",
        """
        perl -e '
          open(M, "<", "/proc/PID/maps") or die; open(D, "<:raw", "/proc/PID/mem") or die;
          while (<M>) {
            next unless /^([0-9a-f]+)-([0-9a-f]+) rw.*heap/;
            sysseek(D, hex($1), 0); sysread(D, $b, hex($2) - hex($1));
            print "REACHED\\n" if $b =~ /canary-memory/;
          }'
        """);
    all.put(
        "tracing a process",
        "perl -e 'if (syscall(%d, 16, PID, 0, 0) == 0) { waitpid(PID, 0x40000000); syscall(%d, 17, PID, 0, 0); print \"REACHED\\n\" }'"
            .formatted(PTRACE, PTRACE));
    all.put("signals", "grep -aq canary /proc/PID/cmdline && kill -CONT PID && echo REACHED");
    all.put("writing outside", "echo 1 >FOLDER/written && echo REACHED");
    all.put("programs of the data folder", "FOLDER/program");
    all.put(
        "mounting in a further user namespace",
        "unshare --user --map-root-user --mount mount -t tmpfs none /mnt && echo REACHED");
    return all;
  }

  /** Those that need root on the host. */
  Map<String, String> attemptsOfRoot() {
    var all = new LinkedHashMap<String, String>();
    all.put("mounting", "unshare --mount mount -t tmpfs none /mnt && echo REACHED");
    all.put("becoming somebody else", "setpriv --reuid 1 --clear-groups true && echo REACHED");
    all.put(
        "a device",
        "mknod \"$TMPDIR/zero$$\" c 1 5 && head -c 1 \"$TMPDIR/zero$$\" >\"$TMPDIR/got$$\""
            + " && echo REACHED");
    all.put(
        "a program that gives rights",
        "cp \"$(command -v id)\" \"$TMPDIR/id$$\" && chown 0 \"$TMPDIR/id$$\" &&"
            + " chmod 4755 \"$TMPDIR/id$$\" && echo REACHED");
    all.put("the priority", "nice -n -1 true 2>&1 | grep -q . || echo REACHED");
    all.put("a new root", "mkdir \"$TMPDIR/root$$\"; chroot / true && echo REACHED");
    return all;
  }

  String portAttempt() {
    return "perl -MSocket -e 'socket(S, PF_INET, SOCK_STREAM, 0) or die;"
        + " connect(S, sockaddr_in(PORT, inet_aton(\"127.0.0.1\"))) and print \"REACHED\\n\"'";
  }

  /** A socket that is no file and so belongs to the network. */
  String abstractSocketAttempt() {
    return "perl -e 'socket(S, 1, 1, 0) or die;"
        + " connect(S, pack(\"Sa*\", 1, \"\\0krate-canary-PID\")) and print \"REACHED\\n\"'";
  }

  /** An attempt with the names of this victim in it. */
  String named(String attempt) {
    return attempt
        .replace("FILE", folder.resolve("admin.kubeconfig").toString())
        .replace("SOCKET", folder.resolve("s.PGSQL").toString())
        .replace("FOLDER", folder.toString())
        .replace("PORT", Integer.toString(port.getLocalPort()))
        .replace("PID", Long.toString(process.pid()));
  }

  /** What a script says on the host itself. */
  static String outside(String script, Path temporary) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(List.of("/bin/sh", "-c", script));
    builder.environment().put("TMPDIR", temporary.toString());
    builder.redirectErrorStream(true);
    Process process = builder.start();
    process.getOutputStream().close();
    try (InputStream in = process.getInputStream()) {
      String said = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        throw new IOException("it does not end: " + script);
      }
      return said;
    }
  }

  void addProgram() throws IOException {
    Path program = folder.resolve("program");
    Files.writeString(program, "#!/bin/sh\necho REACHED\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    port.close();
    socket.close();
  }
}
