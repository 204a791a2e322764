package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.Bytes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends one request and reads what comes back, within the time it is given: to addresses that the
 * guard lets pass, without following redirects, through no proxy, with no cookies and no
 * compression. A receiver that answers slowly or without end costs the deadline and 64 KiB.
 *
 * <p>Blocks; may be called from many virtual threads at once.
 */
final class Sender implements AutoCloseable {
  /** How long a receiver may take to answer before it counts as slow. */
  static final Duration SLOW = Duration.ofSeconds(1);

  private static final int LONGEST_LINE = 8 * 1024;
  private static final int MOST_HEADERS = 100;
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);
  private static final Duration VALIDATE_AFTER = Duration.ofMillis(200);

  private final GuardedResolver resolver;
  private final PoolingHttpClientConnectionManager connections;
  private final CloseableHttpClient http;
  private final Watch watch;
  private final AnswerReader reader;
  private final LongSupplier nanos;

  /**
   * What is to be sent.
   *
   * @param timeout for everything: looking the host up, connecting, sending, and the whole answer
   */
  record Request(URI url, Map<String, String> headers, Bytes body, Duration timeout) {
    Request {
      headers = Map.copyOf(headers);
    }
  }

  /** A sender with a pool of that many connections, and that many to one endpoint. */
  Sender(
      TargetGuard guard,
      GuardedResolver resolver,
      int most,
      int mostPerEndpoint,
      InstantSource clock,
      LongSupplier nanos) {
    this.resolver = resolver;
    this.nanos = nanos;
    this.reader = new AnswerReader(clock);
    this.connections = connections(guard, resolver);
    this.connections.setMaxTotal(most);
    this.connections.setDefaultMaxPerRoute(mostPerEndpoint);
    this.http =
        HttpClientBuilder.create()
            .setConnectionManager(connections)
            .setUserAgent("Krate-Hooks")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .disableDefaultUserAgent()
            .setKeepAliveStrategy((response, context) -> TimeValue.of(KEEP_ALIVE))
            .build();
    this.watch = new Watch(nanos);
  }

  /** Sends the request; every way to fail is an answer. */
  Answer send(Request request) throws InterruptedException {
    return send(request, () -> true);
  }

  /**
   * Sends the request; every way to fail is an answer.
   *
   * @param isLetBeSlow asked once when there is no answer yet after {@link #SLOW}: whether to wait
   *     any longer
   */
  Answer send(Request request, BooleanSupplier isLetBeSlow) throws InterruptedException {
    long start = nanos.getAsLong();
    HttpPost post = post(request);
    var exchange = new Exchange(post, start, request.timeout(), isLetBeSlow);
    Answer answer;
    watch.add(exchange);
    try {
      answer = exchange(request, post, start);
    } catch (IOException | HttpException | RuntimeException e) {
      answer = missing(reason(e), start);
    } finally {
      watch.remove(exchange);
    }
    String brokenOff = exchange.end();
    if (brokenOff != null) {
      return missing(brokenOff, start);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return answer;
  }

  /** Breaks off what is under way. */
  @Override
  public void close() {
    connections.close(CloseMode.IMMEDIATE);
    watch.close();
    http.close(CloseMode.IMMEDIATE);
    resolver.close();
  }

  private Answer exchange(Request request, HttpPost post, long start)
      throws IOException, HttpException {
    HttpHost host = HttpHost.create(request.url());
    try (ClassicHttpResponse response = http.executeOpen(host, post, null)) {
      return reader.read(response, () -> since(start));
    }
  }

  @SuppressWarnings("deprecation") // the connect timeout belongs to the request here
  private static HttpPost post(Request request) {
    var post = new HttpPost(request.url());
    Timeout timeout = Timeout.of(request.timeout());
    post.setConfig(
        RequestConfig.custom()
            .setConnectTimeout(timeout)
            .setConnectionRequestTimeout(timeout)
            // A read without a timer costs much less; the watch breaks it off.
            .setResponseTimeout(Timeout.DISABLED)
            .setRedirectsEnabled(false)
            .setContentCompressionEnabled(false)
            .setAuthenticationEnabled(false)
            .setProtocolUpgradeEnabled(false)
            .build());
    request.headers().forEach((name, value) -> post.setHeader(new BasicHeader(name, value)));
    post.setEntity(new ByteArrayEntity(request.body().toArray(), ContentType.APPLICATION_JSON));
    return post;
  }

  private static PoolingHttpClientConnectionManager connections(
      TargetGuard guard, GuardedResolver resolver) {
    var tls =
        RegistryBuilder.<TlsSocketStrategy>create()
            .register(URIScheme.HTTPS.id, DefaultClientTlsStrategy.createDefault())
            .build();
    var operator =
        new DefaultHttpClientConnectionOperator(
            proxy -> new GuardedSocket(guard), null, resolver, tls);
    var factory =
        ManagedHttpClientConnectionFactory.builder()
            .http1Config(
                Http1Config.custom()
                    .setMaxLineLength(LONGEST_LINE)
                    .setMaxHeaderCount(MOST_HEADERS)
                    .setMaxEmptyLineCount(1)
                    .build())
            .build();
    var connections =
        new PoolingHttpClientConnectionManager(
            operator, PoolConcurrencyPolicy.STRICT, PoolReusePolicy.LIFO, null, factory);
    connections.setDefaultConnectionConfig(
        ConnectionConfig.custom()
            .setValidateAfterInactivity(TimeValue.of(VALIDATE_AFTER))
            .setTimeToLive(TimeValue.of(KEEP_ALIVE))
            .build());
    return connections;
  }

  private Answer missing(String error, long start) {
    return new Answer.Missing(error, since(start));
  }

  private Duration since(long start) {
    return Duration.ofNanos(Math.max(0, nanos.getAsLong() - start));
  }

  private static String reason(Throwable failure) {
    return switch (failure) {
      case RefusedTargetException e -> String.valueOf(e.getMessage());
      case UnknownHostException e -> "the host name has no address";
      case SSLException e -> "the TLS connection failed: " + e.getMessage();
      case ConnectException e -> "the connection was refused";
      case SocketTimeoutException e -> "the receiver did not answer in time";
      case NoHttpResponseException e -> "the receiver closed the connection without an answer";
      case HttpException e -> "the answer is not HTTP: " + e.getMessage();
      case IOException e -> "the connection failed: " + e.getMessage();
      default -> "the request failed: " + failure.getClass().getSimpleName();
    };
  }
}
