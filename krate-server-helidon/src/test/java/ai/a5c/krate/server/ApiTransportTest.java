package ai.a5c.krate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApiTransportTest {
  private static final String LARGE = "0123456789abcdef".repeat(20_000);

  private final TestServer server =
      new TestServer(
          (subject, remote, request) ->
              switch (request.target()) {
                case "/large" -> TestServer.json(LARGE);
                case "/broken" -> throw new IllegalStateException("secret detail");
                case "/gone" ->
                    new ApiResponse(204, Headers.of("X-Was", "here"), Bytes.EMPTY.stream());
                default -> TestServer.json("{\"size\":" + request.body().size() + "}");
              });

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> post(byte[] body, String... headers) throws Exception {
    try (var client = server.client()) {
      var request =
          HttpRequest.newBuilder(server.uri("/apis"))
              .POST(HttpRequest.BodyPublishers.ofByteArray(body));
      if (headers.length > 0) {
        request.headers(headers);
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static JsonObject object(String json) {
    return Json.createReader(new StringReader(json)).readObject();
  }

  private static byte[] gzip(byte[] content) throws IOException {
    var folded = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(folded)) {
      out.write(content);
    }
    return folded.toByteArray();
  }

  @Test
  void targetsArriveAsTheyWereSent() throws Exception {
    for (String target :
        new String[] {
          "/apis/g/v1/x%2Fy?labelSelector=a%20in%20%28b%29&limit=5",
          "/apis/x;v=1/y",
          "/a//b",
          "/a/../b/./c",
          "/a?b=?c"
        }) {
      try (var raw = server.raw()) {
        raw.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(raw.head().getFirst()).isEqualTo("HTTP/1.1 200 OK");
      }
      assertThat(server.request.get().target()).isEqualTo(target);
    }
  }

  @Test
  void bodiesAndHeadersReachTheApi() throws Exception {
    var answer = post(new byte[5000], "Content-Type", "application/json", "X-A", "1", "X-A", "2");
    assertThat(answer.body()).isEqualTo("{\"size\":5000}");
    assertThat(server.request.get().method()).isEqualTo("POST");
    assertThat(server.request.get().headers().first("content-type")).contains("application/json");
    assertThat(server.request.get().headers().all("x-a")).containsExactly("1", "2");
  }

  @Test
  void aCompressedBodyIsUnfolded() throws Exception {
    var answer = post(gzip(new byte[200_000]), "Content-Encoding", "gzip");
    assertThat(answer.body()).isEqualTo("{\"size\":200000}");
  }

  @Test
  void aBodyThatUnfoldsTooFarIsRefusedWithAStatus() throws Exception {
    var answer = post(gzip(new byte[10 << 20]), "Content-Encoding", "gzip");
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(object(answer.body()).getString("reason")).isEqualTo("RequestEntityTooLarge");
  }

  @Test
  void aBodyThatOnlyClaimsToBeCompressedIsABadRequest() throws Exception {
    var answer = post("no gzip".getBytes(), "Content-Encoding", "gzip");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(object(answer.body()).getString("kind")).isEqualTo("Status");
  }

  @Test
  void aBodyOfUnknownEncodingIsRefusedWithAStatus() throws Exception {
    var answer = post("x".getBytes(), "Content-Encoding", "br");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(object(answer.body()).getString("reason")).isEqualTo("BadRequest");
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedWithAStatus() throws Exception {
    var answer = post(new byte[(1 << 20) + 1]);
    assertThat(answer.statusCode()).isEqualTo(413);
    JsonObject status = object(answer.body());
    assertThat(status.getString("kind")).isEqualTo("Status");
    assertThat(status.getString("reason")).isEqualTo("RequestEntityTooLarge");
    assertThat(status.getInt("code")).isEqualTo(413);
  }

  @Test
  void aChunkedBodyWithoutEndIsRefused() throws Exception {
    try (var raw = server.raw()) {
      raw.send("POST /apis HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
      String chunk = "8000\r\n" + "x".repeat(0x8000) + "\r\n";
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100_000; i++) {
                  raw.send(chunk);
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(server.request.get()).isNull();
    }
  }

  @Test
  void aChunkedBodyThatIsTooLargeButEndsGetsItsStatus() throws Exception {
    try (var client = server.client()) {
      byte[] body = new byte[2 << 20];
      var answer =
          client.send(
              HttpRequest.newBuilder(server.uri("/apis"))
                  .POST(
                      HttpRequest.BodyPublishers.ofInputStream(
                          () -> new java.io.ByteArrayInputStream(body)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(413);
    }
  }

  @Test
  void oneHugeChunkDoesNotFillTheMemory() throws Exception {
    try (var raw = server.raw()) {
      raw.send("POST /apis HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n");
      String block = "x".repeat(1 << 16);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1024; i++) {
                  raw.send(block);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aBodyThatDripsIsGivenUp() throws Exception {
    try (var raw = server.raw()) {
      raw.send("POST /apis HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
      long begun = System.nanoTime();
      var dripping =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (System.nanoTime() - begun < 15_000_000_000L) {
                        raw.send("x");
                        Thread.sleep(300);
                      }
                    } catch (IOException | InterruptedException e) {
                      // The server gave up, or the test is over.
                    }
                  });
      assertThat(raw.head().getFirst()).startsWith("HTTP/1.1 400");
      dripping.interrupt();
      dripping.join();
    }
  }

  @Test
  void aClientThatNeverAsksIsDropped() throws Exception {
    try (var raw = server.raw()) {
      raw.socket.startHandshake();
      assertThat(raw.in.read()).isEqualTo(-1);
    }
  }

  @Test
  void aClientThatNeverShakesHandsIsDropped() throws Exception {
    try (var socket = new java.net.Socket("127.0.0.1", server.server.address().getPort())) {
      socket.setSoTimeout(10_000);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void theBodyOfARefusedRequestIsNeverTakenForTheNextRequest() throws Exception {
    try (var raw = server.raw()) {
      String smuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
      raw.send(
          "GET /livez HTTP/1.1\r\nHost: h\r\nContent-Length: "
              + smuggled.length()
              + "\r\n\r\n"
              + smuggled
              + "GET /real HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(raw.head().getFirst()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(raw.in.read()).isEqualTo('o');
      assertThat(raw.in.read()).isEqualTo('k');
      assertThat(raw.head().getFirst()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(server.request.get().target()).isEqualTo("/real");
    }
  }

  @Test
  void aRefusedBodyThatWaitsForContinueClosesTheConnection() throws Exception {
    try (var raw = server.raw()) {
      raw.send(
          "POST /apis HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
              + "Content-Length: 999999999\r\n\r\n");
      assertThat(raw.head().getFirst()).startsWith("HTTP/1.1 413");
      while (raw.in.read() >= 0) {}
    }
  }

  @Test
  void aFaultIsAnInternalErrorWithoutDetail() throws Exception {
    var answer = server.get("/broken");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    assertThat(answer.body()).contains("request-1").doesNotContain("secret detail");
    assertThat(object(answer.body()).getString("reason")).isEqualTo("InternalError");
  }

  @Test
  void whatIsNotHttpIsRefusedWithAStatus() throws Exception {
    for (String request :
        new String[] {
          "GET /apis HTTP/1.1\r\n\r\n",
          "GET /apis HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
          "GET /" + "x".repeat(40_000) + " HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /apis HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(70_000) + "\r\n\r\n",
          "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"
        }) {
      try (var raw = server.raw()) {
        raw.send(request);
        var head = raw.head();
        assertThat(head.getFirst()).startsWith("HTTP/1.1 4");
        assertThat(head).anyMatch(line -> line.equalsIgnoreCase("content-type: application/json"));
        var body = new StringBuilder();
        for (int c; (c = raw.in.read()) >= 0; ) {
          body.append((char) c);
        }
        assertThat(object(body.toString()).getString("kind")).isEqualTo("Status");
      }
    }
  }

  @Test
  void largeHeadersAreTaken() throws Exception {
    try (var raw = server.raw()) {
      raw.send(
          "GET /apis HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
              + "x".repeat(40_000)
              + "\r\n\r\n");
      assertThat(raw.head().getFirst()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void largeAnswersAreFoldedForWhoAcceptsIt() throws Exception {
    try (var client = server.client()) {
      var folded =
          client.send(
              HttpRequest.newBuilder(server.uri("/large"))
                  .header("Accept-Encoding", "gzip")
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      assertThat(folded.headers().firstValue("content-encoding")).contains("gzip");
      assertThat(new String(new GZIPInputStream(folded.body()).readAllBytes())).isEqualTo(LARGE);
      assertThat(server.get("/large").body()).isEqualTo(LARGE);
      var small =
          client.send(
              HttpRequest.newBuilder(server.uri("/small"))
                  .header("Accept-Encoding", "gzip")
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(small.headers().firstValue("content-encoding")).isEmpty();
      assertThat(small.headers().firstValue("content-length")).contains("10");
    }
  }

  @Test
  void headAnswersLikeGetWithoutABody() throws Exception {
    try (var raw = server.raw()) {
      raw.send("HEAD /apis HTTP/1.1\r\nHost: h\r\n\r\nGET /apis HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(raw.head()).anyMatch(line -> line.equalsIgnoreCase("content-length: 10"));
      assertThat(raw.head().getFirst()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(server.request.get().method()).isEqualTo("GET");
    }
  }

  @Test
  void anAnswerWithoutContentHasNone() throws Exception {
    var answer = server.get("/gone");
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("x-was")).contains("here");
    assertThat(answer.body()).isEmpty();
  }
}
