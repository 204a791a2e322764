package ai.a5c.krate.apiserver.wire;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Bytes;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the real clients send of the core kinds: every kubectl 1.32 or later beside that of PATH.
 */
class KubectlBodiesIT {
  private static final Map<String, String> DISCOVERY =
      Map.of(
          "/version",
          """
          {"major":"1","minor":"33","gitVersion":"v1.33.0"}\
          """,
          "/api",
          """
          {"kind":"APIVersions","apiVersion":"v1","versions":["v1"]}\
          """,
          "/apis",
          """
          {"kind":"APIGroupList","apiVersion":"v1","groups":[]}\
          """);

  private final Queue<Sent> received = new ConcurrentLinkedQueue<>();
  private HttpServer server;

  @TempDir Path home;

  private record Sent(String path, List<String> contentType, Bytes body) {}

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    String answer = DISCOVERY.getOrDefault(path, "");
    int code = answer.isEmpty() ? 404 : 200;
    if (exchange.getRequestMethod().equals("POST")) {
      Sent sent =
          new Sent(path, exchange.getRequestHeaders().get("Content-Type"), Bytes.copyOf(body));
      received.add(sent);
      answer = Protobuf.decode(sent.body()).toString();
      code = 201;
    }
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(answer.getBytes(StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void aNamespaceIsReadAsItWasMeant(Path kubectl) throws Exception {
    JsonObject sent = sentBy(kubectl, "/api/v1/namespaces", "create", "ns", "acme");
    assertThat(sent)
        .isEqualTo(
            Samples.json("{'kind':'Namespace','apiVersion':'v1','metadata':{'name':'acme'}}"));
  }

  @ParameterizedTest
  @MethodSource("clients")
  void aSecretIsReadWithItsBytes(Path kubectl) throws Exception {
    Path binary = home.resolve("key.bin");
    Files.write(binary, new byte[] {0, -1, 127, 10});
    JsonObject sent =
        sentBy(
            kubectl,
            "/api/v1/namespaces/acme/secrets",
            "create",
            "secret",
            "generic",
            "hook",
            "--namespace=acme",
            "--type=example.org/hook",
            "--from-literal=key=s3cret",
            "--from-literal=empty=",
            "--from-file=binary=" + binary);
    assertThat(sent)
        .isEqualTo(
            Samples.json(
                """
                {'kind':'Secret','apiVersion':'v1','metadata':{'name':'hook','namespace':'acme'},
                 'data':{'binary':'AP9/Cg==','empty':'','key':'czNjcmV0'},
                 'type':'example.org/hook'}\
                """));
  }

  @ParameterizedTest
  @MethodSource("clients")
  void theQuestionWhoAmIIsRead(Path kubectl) throws Exception {
    JsonObject sent =
        sentBy(
            kubectl,
            "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            "auth",
            "whoami",
            "-o",
            "json");
    assertThat(sent)
        .isEqualTo(
            Samples.json(
                """
                {'kind':'SelfSubjectReview','apiVersion':'authentication.k8s.io/v1',
                 'metadata':{}}\
                """));
  }

  private JsonObject sentBy(Path kubectl, String path, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(kubectl.toString());
    command.add("--server=http://127.0.0.1:" + server.getAddress().getPort());
    command.addAll(List.of(arguments));
    Path output = home.resolve("output");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("HOME", home.toString());
    builder.environment().put("KUBECONFIG", home.resolve("none").toString());
    Process process = builder.redirectOutput(output.toFile()).start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    assertThat(received).hasSize(1);
    Sent sent = received.remove();
    assertThat(sent.path()).isEqualTo(path);
    assertThat(BodyType.of(sent.contentType(), BodyType.ofObjects(Samples.CORE)))
        .isEqualTo(BodyType.PROTOBUF);
    return Protobuf.decode(sent.body());
  }

  static Stream<Path> clients() throws IOException {
    TreeSet<Path> found = new TreeSet<>();
    Path plain = null;
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      Path kubectl = Path.of(folder, "kubectl");
      if (plain == null && Files.isExecutable(kubectl)) {
        plain = kubectl;
        for (String version : List.of("1.32", "1.33", "1.34", "1.35")) {
          Path numbered = kubectl.toRealPath().resolveSibling("kubectl." + version);
          if (Files.isExecutable(numbered)) {
            found.add(numbered);
          }
        }
      }
    }
    assertThat(plain).as("kubectl on PATH").isNotNull();
    if (found.isEmpty()) {
      found.add(plain);
    }
    return found.stream();
  }
}
