package ai.a5c.krate.testkit.api;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * A server's API by HTTP/1.1, so that a suite for an {@link ApiEndpoint} runs against a server too.
 *
 * <p>May be used from many threads at once; closing it ends the connections. A request that the
 * server does not begin to answer, because it is not there, ends, or takes longer than the patience
 * of the endpoint, is an {@link UncheckedIOException}: whether it was carried out is not known.
 * Nothing is sent twice. A body is not bounded in time, as a watch has none.
 */
public final class HttpApiEndpoint implements ApiEndpoint, AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** The header fields of one connection, which the client sets by itself. */
  private static final Set<String> OF_CONNECTION =
      Set.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

  private final String base;
  private final Duration patience;
  private final HttpClient client;

  /**
   * An endpoint of the server at a URL without path.
   *
   * @param patience how long the beginning of an answer may take
   */
  public HttpApiEndpoint(URI server, SSLContext tls, Duration patience) {
    this.base = server.toString().replaceFirst("/$", "");
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(CONNECT)
            .sslContext(tls)
            .build();
  }

  @Override
  public ApiResponse call(ApiRequest request) {
    HttpRequest.Builder http =
        HttpRequest.newBuilder(URI.create(base + request.target()))
            .method(request.method(), body(request.body()))
            .timeout(patience);
    for (Map.Entry<String, List<String>> header : request.headers().asMap().entrySet()) {
      if (!OF_CONNECTION.contains(header.getKey())) {
        header.getValue().forEach(value -> http.header(header.getKey(), value));
      }
    }
    try {
      HttpResponse<InputStream> response = client.send(http.build(), BodyHandlers.ofInputStream());
      return new ApiResponse(response.statusCode(), headers(response), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(
          new InterruptedIOException(request.method() + " " + request.target()));
    }
  }

  private static BodyPublisher body(Bytes bytes) {
    return bytes.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(bytes.toArray());
  }

  private static Headers headers(HttpResponse<?> response) {
    Headers headers = Headers.NONE;
    for (Map.Entry<String, List<String>> header : response.headers().map().entrySet()) {
      for (String value : header.getValue()) {
        headers = headers.with(header.getKey(), value);
      }
    }
    return headers;
  }

  /** Ends every connection, those of watches too. */
  @Override
  public void close() {
    client.shutdownNow();
  }
}
