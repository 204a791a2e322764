package ai.a5c.krate.server;

import static ai.a5c.krate.server.TestServer.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.spi.git.GitService;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real Git client against the transport; behind it stands Git's own stateless server. */
class GitTransportTest {
  @TempDir Path folder;

  private final AtomicReference<Throwable> broken = new AtomicReference<>();
  private final LinkedBlockingQueue<IOException> breaks = new LinkedBlockingQueue<>();
  private final AtomicReference<@Nullable String> spoken = new AtomicReference<>();

  private final TestServer server =
      new TestServer((s, r, q) -> TestServer.json("{}"), TestServer.LIMITS, this::open, List.of());

  @BeforeEach
  void repository() throws Exception {
    git(folder, "init", "-q", "--bare", "-b", "main", "served.git");
    Files.writeString(folder.resolve("ca.crt"), TestServer.PKI.pem());
    Files.writeString(folder.resolve("admin.crt"), ADMIN.certificatePem());
    Files.writeString(folder.resolve("admin.key"), ADMIN.keyPem());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private GitAnswer open(GitRequest request) {
    if (request.subject().equals(Subject.ANONYMOUS)) {
      return new GitAnswer.Unauthorized("Please authenticate.");
    }
    if (!request.organization().equals("acme")) {
      return new GitAnswer.NotFound();
    }
    return switch (request.repository()) {
      case "web" -> new GitAnswer.Open(new NativeGit(request.service()));
      case "sink" -> new GitAnswer.Open(new Sink());
      case "closed" -> new GitAnswer.Forbidden("no pushes on Sundays");
      case "busy" -> new GitAnswer.Unavailable("the database rests", Duration.ofSeconds(7));
      default -> new GitAnswer.NotFound();
    };
  }

  /** Reads whatever comes and wraps what breaks, as a library may. */
  private static final class Sink implements GitSession {
    @Override
    public void advertise(@Nullable String protocol, OutputStream out) {}

    @Override
    public void fetch(@Nullable String protocol, InputStream in, OutputStream out)
        throws IOException {
      try {
        in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw new IOException("reading the wants", e);
      }
    }

    @Override
    public void push(@Nullable String protocol, InputStream in, OutputStream out)
        throws IOException {
      fetch(protocol, in, out);
    }
  }

  /** What git-http-backend does. */
  private final class NativeGit implements GitSession {
    private final GitService service;

    NativeGit(GitService service) {
      this.service = service;
    }

    @Override
    public void advertise(@Nullable String protocol, OutputStream out) throws IOException {
      spoken.set(protocol);
      if (protocol == null) {
        String line = "# service=" + service.wireName() + "\n";
        out.write(String.format("%04x%s0000", line.length() + 4, line).getBytes(US_ASCII));
      }
      run(protocol, InputStream.nullInputStream(), out, "--http-backend-info-refs");
    }

    @Override
    public void fetch(@Nullable String protocol, InputStream in, OutputStream out)
        throws IOException {
      run(protocol, in, out);
    }

    @Override
    public void push(@Nullable String protocol, InputStream in, OutputStream out)
        throws IOException {
      run(protocol, in, out);
    }

    private void run(@Nullable String protocol, InputStream in, OutputStream out, String... more)
        throws IOException {
      var command =
          new ArrayList<>(
              List.of("git", service.wireName().substring("git-".length()), "--stateless-rpc"));
      command.addAll(List.of(more));
      command.add(folder.resolve("served.git").toString());
      var builder = new ProcessBuilder(command);
      if (protocol != null) {
        builder.environment().put("GIT_PROTOCOL", protocol);
      }
      Process process = builder.start();
      var feeding =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (OutputStream input = process.getOutputStream()) {
                      in.transferTo(input);
                    } catch (IOException e) {
                      broken.set(e);
                      process.destroy();
                      breaks.add(e);
                    }
                  });
      process.getInputStream().transferTo(out);
      try {
        feeding.join();
        process.waitFor();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (broken.get() != null) {
        throw new IOException("the push broke off", broken.get());
      }
    }
  }

  private static final java.nio.charset.Charset US_ASCII = StandardCharsets.US_ASCII;

  private record Ran(int exit, String output) {}

  private Ran tryGit(Path in, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(
        List.of(
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@example.org",
            "-c",
            "http.sslCAInfo=" + folder.resolve("ca.crt"),
            "-c",
            "core.askPass=true"));
    command.addAll(List.of(arguments));
    try {
      var builder = new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true);
      builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
      builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
      builder.environment().put("GIT_TERMINAL_PROMPT", "0");
      builder
          .environment()
          .keySet()
          .removeIf(name -> name.startsWith("GIT_SSL") || name.toLowerCase().endsWith("_proxy"));
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ran(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String git(Path in, String... arguments) {
    Ran ran = tryGit(in, arguments);
    assertThat(ran.exit()).as(ran.output()).isZero();
    return ran.output();
  }

  private String[] asAdmin(String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "-c", "http.sslCert=" + folder.resolve("admin.crt"),
                "-c", "http.sslKey=" + folder.resolve("admin.key")));
    all.addAll(List.of(arguments));
    return all.toArray(String[]::new);
  }

  private String url(String repository) {
    return server.uri("/acme/" + repository + ".git").toString();
  }

  private Path work(int commits, int size) throws IOException {
    git(folder, "init", "-q", "-b", "main", "work");
    Path work = folder.resolve("work");
    for (int i = 0; i < commits; i++) {
      var random = new java.util.Random(i);
      byte[] content = new byte[size];
      random.nextBytes(content);
      Files.write(work.resolve("file" + i), content);
      git(work, "add", ".");
      git(work, "commit", "-q", "-m", "commit " + i);
    }
    return work;
  }

  @Test
  void pushCloneAndFetchInBothProtocols() throws Exception {
    Path work = work(3, 1000);
    git(work, asAdmin("push", "-q", url("web"), "main"));
    for (String version : List.of("0", "2")) {
      git(
          folder,
          asAdmin("-c", "protocol.version=" + version, "clone", "-q", url("web"), "v" + version));
      assertThat(spoken.get()).isEqualTo(version.equals("2") ? "version=2" : null);
      assertThat(git(folder.resolve("v" + version), "rev-parse", "HEAD"))
          .isEqualTo(git(work, "rev-parse", "main"));
    }
    Files.writeString(work.resolve("more"), "more");
    git(work, "add", ".");
    git(work, "commit", "-q", "-m", "more");
    git(work, asAdmin("push", "-q", url("web"), "main"));
    git(folder.resolve("v2"), asAdmin("pull", "-q", "--ff-only"));
    assertThat(folder.resolve("v2/more")).hasContent("more");
  }

  @Test
  void aLargePushComesInChunks() throws Exception {
    Path work = work(1, 12 << 20);
    git(work, asAdmin("-c", "http.postBuffer=65536", "push", "-q", url("web"), "main"));
    git(folder, asAdmin("clone", "-q", url("web"), "copy"));
    assertThat(folder.resolve("copy/file0")).hasSameBinaryContentAs(work.resolve("file0"));
  }

  @Test
  void aLargePushThatWaitsForContinueIsAskedFor() throws Exception {
    Path work = work(1, 3 << 20);
    git(
        work,
        asAdmin(
            "-c",
            "http.postBuffer=65536",
            "-c",
            "http.extraHeader=Expect: 100-continue",
            "push",
            "-q",
            url("web"),
            "main"));
    assertThat(git(folder.resolve("served.git"), "rev-parse", "main"))
        .isEqualTo(git(work, "rev-parse", "main"));
  }

  @Test
  void aCompressedFetchRequestIsUnfolded() throws Exception {
    Path work = work(40, 10);
    git(work, asAdmin("push", "-q", url("web"), "main"));
    git(folder, asAdmin("clone", "-q", url("web"), "copy"));
    git(work, "checkout", "-q", "--orphan", "other");
    git(work, "commit", "-q", "-m", "other");
    git(work, asAdmin("push", "-q", url("web"), "other"));
    // Forty haves make the request large enough for Git to compress it.
    String trace =
        tryGit(
                folder.resolve("copy"),
                asAdmin(
                    "-c",
                    "protocol.version=0",
                    "-c",
                    "http.version=HTTP/1.1",
                    "fetch",
                    "origin",
                    "other"))
            .output();
    assertThat(git(folder.resolve("copy"), "rev-parse", "FETCH_HEAD"))
        .as(trace)
        .isEqualTo(git(work, "rev-parse", "other"));
  }

  @Test
  void anonymousClientsAreAskedToAuthenticate() throws Exception {
    Ran ran = tryGit(folder, "ls-remote", url("web"));
    assertThat(ran.exit()).isNotZero();
    assertThat(ran.output()).contains("Authentication failed");
    var answer = server.get("/acme/web.git/info/refs?service=git-upload-pack");
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("www-authenticate"))
        .contains("Basic realm=\"Krate\", charset=\"UTF-8\"");
  }

  @Test
  void refusalsReachGitsUser() throws Exception {
    assertThat(tryGit(folder, asAdmin("ls-remote", url("none"))).output()).contains("not found");
    assertThat(tryGit(folder, asAdmin("ls-remote", url("closed"))).output())
        .contains("no pushes on Sundays");
    assertThat(tryGit(folder, asAdmin("ls-remote", url("busy"))).output())
        .contains("the database rests");
    var busy = server.get("/acme/busy.git/info/refs?service=git-upload-pack", ADMIN);
    assertThat(busy.statusCode()).isEqualTo(503);
    assertThat(busy.headers().firstValue("retry-after")).contains("7");
  }

  @Test
  void theDumbProtocolIsNotSpoken() throws Exception {
    assertThat(server.get("/acme/web.git/info/refs", ADMIN).statusCode()).isEqualTo(403);
    assertThat(server.get("/acme/web.git/HEAD", ADMIN).statusCode()).isEqualTo(404);
    assertThat(server.get("/acme/web.git/objects/info/packs", ADMIN).statusCode()).isEqualTo(404);
    var upload = server.get("/acme/web.git/git-upload-pack", ADMIN);
    assertThat(upload.statusCode()).isEqualTo(405);
    assertThat(upload.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
  }

  @Test
  void aBodyOfTheWrongKindIsRefused() throws Exception {
    try (var client = server.client(ADMIN)) {
      var answer =
          client.send(
              HttpRequest.newBuilder(server.uri("/acme/web.git/git-receive-pack"))
                  .POST(HttpRequest.BodyPublishers.ofString("0000"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(415);
    }
  }

  @Test
  void apiPathsAreNotRepositories() throws Exception {
    var answer = server.get("/apis/x.git/info/refs?service=git-upload-pack");
    assertThat(answer.body()).isEqualTo("{}");
  }

  @Test
  void advertisementsAreNeverCached() throws Exception {
    var answer = server.get("/acme/web.git/info/refs?service=git-receive-pack", ADMIN);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type"))
        .contains("application/x-git-receive-pack-advertisement");
    assertThat(answer.headers().firstValue("cache-control"))
        .contains("no-cache, max-age=0, must-revalidate");
    assertThat(answer.body()).startsWith("001f# service=git-receive-pack\n0000");
  }

  @Test
  void aPushWhoseClientVanishesBreaksOffInsteadOfEnding() throws Exception {
    for (String framing :
        List.of(
            "Content-Length: 100000\r\n\r\n0094",
            "Transfer-Encoding: chunked\r\n\r\n4\r\n0094\r\n",
            "Transfer-Encoding: chunked\r\n\r\nffff\r\n0094")) {
      try (var raw = server.raw(ADMIN)) {
        raw.send(
            "POST /acme/web.git/git-receive-pack HTTP/1.1\r\nHost: h\r\n"
                + "Content-Type: application/x-git-receive-pack-request\r\n"
                + framing);
      }
      assertThat(breaks.poll(10, TimeUnit.SECONDS)).as(framing).isNotNull();
    }
  }

  @Test
  void aBodyThatUnfoldsWithoutBoundIsRefused() throws Exception {
    var folded = new java.io.ByteArrayOutputStream();
    try (var out = new java.util.zip.GZIPOutputStream(folded)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 100; i++) {
        out.write(zeros);
      }
    }
    try (var client = server.client(ADMIN)) {
      var answer =
          client.send(
              HttpRequest.newBuilder(server.uri("/acme/sink.git/git-upload-pack"))
                  .header("Content-Type", "application/x-git-upload-pack-request")
                  .header("Content-Encoding", "gzip")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(folded.toByteArray()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(413);
    }
  }
}
