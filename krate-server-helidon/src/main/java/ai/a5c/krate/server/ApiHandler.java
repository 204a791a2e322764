package ai.a5c.krate.server;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import io.helidon.http.HeaderNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Carries API requests to the {@link Api} and its answers back. */
final class ApiHandler {
  private static final Pattern WATCH = Pattern.compile("(^|&)watch=[^&]*");

  /** Up to here an answer is sent as a whole, with its length and as it is. */
  private static final int SMALL = 128 << 10;

  private static final int COPY = 32 << 10;

  /** What is left of the bound on all bodies is counted in these units. */
  private static final int UNIT = 1 << 10;

  /** Bodies up to this size are not worth counting. */
  private static final int UNCOUNTED = 16 << 10;

  private final Api api;
  private final Limits limits;
  private final Connections connections;
  private final Semaphore bodies;

  ApiHandler(Api api, Limits limits, Connections connections) {
    this.api = api;
    this.limits = limits;
    this.connections = connections;
    this.bodies = new Semaphore(limits.bodiesBytes() / UNIT);
  }

  void handle(Exchange exchange) throws IOException {
    boolean watch = exchange.asks("watch");
    if (watch && exchange.has("Upgrade", "websocket")) {
      // Clients that prefer a WebSocket go on by plain streaming only after exactly this answer.
      exchange.send(200, Headers.NONE, new byte[0]);
      return;
    }
    int counted = counted(exchange);
    if (!bodies.tryAcquire(counted)) {
      throw new ApiException(
          new Problem.TooManyRequests(
              "too many large request bodies at once; try again", Duration.ofSeconds(1)));
    }
    try (ApiResponse answer = call(exchange)) {
      boolean bytes = isBytes(answer);
      if (bytes && exchange.isHead()) {
        exchange.head(answer.status(), answer.headers());
        exchange.response().send();
      } else if (bytes) {
        stream(exchange, answer, LiveBody.Content.BYTES);
      } else if (watch && answer.status() == 200 && !exchange.isHead()) {
        stream(exchange, answer, LiveBody.Content.JSON_TEXTS);
      } else {
        send(exchange, answer);
      }
    } finally {
      bodies.release(counted);
    }
  }

  private int counted(Exchange exchange) {
    if (!exchange.request().content().hasEntity()) {
      return 0;
    }
    var headers = exchange.request().headers();
    long length = headers.contentLength().orElse(limits.bodyBytes());
    if (headers.contains(HeaderNames.CONTENT_ENCODING)) {
      length = limits.bodyBytes();
    }
    if (length > limits.bodyBytes()) {
      throw tooLarge();
    }
    return length <= UNCOUNTED ? 0 : (int) (length / UNIT);
  }

  private ApiResponse call(Exchange exchange) throws IOException {
    Bytes body = body(exchange);
    String method = exchange.isHead() ? "GET" : exchange.method();
    String query = exchange.isHead() ? withoutWatch(exchange.query()) : exchange.query();
    String target = query.isEmpty() ? exchange.path() : exchange.path() + "?" + query;
    return api.call(
        exchange.subject(),
        exchange.remoteAddress(),
        new ApiRequest(method, target, exchange.headers(), body));
  }

  private Bytes body(Exchange exchange) throws IOException {
    InputStream in = exchange.body().taking(limits.bodyBytes() + UNIT * 64L);
    long deadline = connections.now() + limits.bodyTime().toNanos();
    var body = new ByteArrayOutputStream();
    byte[] buffer = new byte[COPY];
    try {
      for (int count; (count = in.read(buffer)) >= 0; ) {
        body.write(buffer, 0, count);
        if (body.size() > limits.bodyBytes()) {
          throw tooLarge();
        }
        if (connections.now() > deadline) {
          throw new ApiException(
              new Problem.BadRequest(
                  "the request's body took longer than "
                      + limits.bodyTime().toSeconds()
                      + " seconds"));
        }
      }
    } catch (Gunzip.TooLargeException e) {
      throw tooLarge();
    } catch (java.util.zip.ZipException e) {
      throw new ApiException(new Problem.BadRequest("the request's body is not what gzip makes"));
    }
    return Bytes.owning(body.toByteArray());
  }

  private ApiException tooLarge() {
    return new ApiException(
        new Problem.TooLarge("the request's body is larger than " + limits.bodyBytes() + " bytes"));
  }

  /** Whether the body is a part of an object that is read as bytes, of whatever length. */
  private static boolean isBytes(ApiResponse answer) {
    return answer.status() == 200
        && answer.headers().first("Content-Length").isEmpty()
        && answer.headers().first("Content-Type").filter(t -> t.startsWith("text/")).isPresent();
  }

  private void stream(Exchange exchange, ApiResponse answer, LiveBody.Content content)
      throws IOException {
    exchange.head(answer.status(), answer.headers());
    var out = new ClientOutput(exchange.response());
    out.begin();
    try (var live = new LiveBody(answer, content, out, connections, limits)) {
      live.copy();
    }
    out.close();
  }

  private static void send(Exchange exchange, ApiResponse answer) throws IOException {
    InputStream body = answer.body();
    byte[] start = body.readNBytes(SMALL + 1);
    if (start.length <= SMALL) {
      exchange.send(answer.status(), answer.headers(), start);
      return;
    }
    exchange.head(answer.status(), answer.headers());
    boolean folded =
        exchange.has("Accept-Encoding", "gzip")
            && answer.headers().first("Content-Encoding").isEmpty();
    if (folded) {
      exchange.response().header(HeaderNames.CONTENT_ENCODING, "gzip");
      exchange.response().headers().add(HeaderNames.VARY, "Accept-Encoding");
    }
    if (exchange.isHead()) {
      exchange.response().send();
      return;
    }
    var out = new ClientOutput(exchange.response());
    try (OutputStream sink = folded ? new Gzip(out) : out) {
      sink.write(start);
      byte[] buffer = new byte[COPY];
      for (int count; (count = body.read(buffer)) >= 0; ) {
        sink.write(buffer, 0, count);
      }
    }
  }

  /** A watch has no end to send the head of: HEAD asks about the list. */
  private static String withoutWatch(String query) {
    return WATCH.matcher(query).replaceAll("$1watch=false");
  }

  /** Quick rather than small: lists fold well, and the network is rarely the slowest part. */
  private static final class Gzip extends GZIPOutputStream {
    Gzip(OutputStream out) throws IOException {
      super(out, COPY);
      def.setLevel(1);
    }
  }
}
