package ai.a5c.krate.cli;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.push.GitDoor;
import ai.a5c.krate.git.GitSettings;
import ai.a5c.krate.git.JGitBackend;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.testkit.api.TrustTierSuite;
import ai.a5c.krate.testkit.executor.FakeExecutor;
import ai.a5c.krate.testkit.storage.FakeStorage;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * The trust tiers in a forge of this process, with a store in memory. Steps are plain processes
 * here: what isolates them is tried at a server.
 */
class EmbeddedTrustTierIT extends TrustTierSuite {
  @TempDir static Path temporary;

  private FakeStorage storage;
  private JGitBackend git;
  private FakeExecutor executor;
  private Krate krate;
  private HttpServer door;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @Override
  protected void open() throws Exception {
    storage = new FakeStorage(Set.copyOf(Krate.recordGroups()), InstantSource.system());
    git =
        new JGitBackend(
            temporary.resolve("repositories"), storage.records(), GitSettings.defaults());
    executor = new FakeExecutor(Files.createDirectories(temporary.resolve("runners")));
    door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var keys = LocalKeyService.open(temporary.resolve("keys"), new SecureRandom());
    krate =
        Krate.builder(storage, git, keys)
            .address(() -> Optional.of(URI.create(address())))
            .executor(executor, temporary.resolve("runner"))
            .build();
    door.createContext("/", this::answer);
    door.setExecutor(threads);
    door.start();
  }

  @AfterAll
  void stop() {
    if (door != null) {
      door.stop(0);
    }
    threads.close();
    if (krate != null) {
      krate.close();
      executor.close();
      git.close();
      storage.close();
    }
  }

  private String address() {
    return "http://127.0.0.1:" + door.getAddress().getPort();
  }

  private static Subject subject(Person person) {
    return Subject.of(person.user(), person.group());
  }

  /** Git's way in: {@code /PERSON/ORGANIZATION/REPOSITORY.git/...}. */
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] path = exchange.getRequestURI().getPath().split("/", 5);
      boolean advertises = path[4].equals("info/refs");
      String wanted =
          advertises ? exchange.getRequestURI().getQuery().substring("service=".length()) : path[4];
      GitService service = GitService.parse(wanted).orElseThrow();
      GitDoor.Answer answer =
          krate.git(
              Caller.inProcess(subject(Person.valueOf(path[1]))),
              path[2],
              path[3].replaceFirst("\\.git$", ""),
              service);
      if (!(answer instanceof GitDoor.Answer.Open(var visit))) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      String protocol = exchange.getRequestHeaders().getFirst("Git-Protocol");
      InputStream in = exchange.getRequestBody();
      if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
        in = new GZIPInputStream(in);
      }
      var out = new ByteArrayOutputStream();
      if (advertises) {
        visit.advertise(protocol, out);
      } else if (service == GitService.RECEIVE_PACK) {
        visit.push(in, out);
      } else {
        visit.fetch(protocol, in, out);
      }
      String type = service.wireName() + (advertises ? "-advertisement" : "-result");
      exchange.getResponseHeaders().set("Content-Type", "application/x-" + type);
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(out.toByteArray());
    }
  }

  @Override
  public ApiEndpoint endpoint(Person person) {
    return krate.endpoint(subject(person));
  }

  @Override
  public String remote(Person person, String organization, String repository) {
    return address() + "/" + person + "/" + organization + "/" + repository + ".git";
  }

  @Override
  public List<String> gitOptions() {
    return List.of();
  }

  @Override
  public boolean isolates() {
    return false;
  }

  @Override
  public Path folder() {
    return temporary;
  }
}
