package ai.a5c.krate.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * A sender of webhooks that does nothing else: the HTTP client that Krate has, and two signatures.
 */
final class HookPeer {
  /** As many requests at once as Krate makes to one endpoint. */
  private static final int MOST_AT_ONCE = 8;

  private final String url;
  private final byte[] body;
  private final SecretKeySpec key =
      new SecretKeySpec("a secret of a benchmark".getBytes(StandardCharsets.UTF_8), "HmacSHA256");

  HookPeer(String url, int body) {
    this.url = url;
    this.body = "x".repeat(body).getBytes(StandardCharsets.UTF_8);
  }

  /** What was sent, and at what cost. */
  record Sent(Sample sample, String cost) {
    String text() {
      return sample.text() + ", " + cost;
    }
  }

  /** What that many clients send. */
  Sent send(int clients, Duration warmUp, Duration measure) throws InterruptedException {
    int most = Math.min(clients, MOST_AT_ONCE);
    try (var http =
        HttpClientBuilder.create()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setMaxConnTotal(most)
                    .setMaxConnPerRoute(most)
                    .build())
            .disableAutomaticRetries()
            .disableContentCompression()
            .build()) {
      Load.Work work = (client, number) -> post(http);
      Sample unused = Load.closed(most, Duration.ZERO, warmUp, work);
      var processor = new Processor();
      Sample sent = Load.closed(most, Duration.ZERO, measure, work);
      return new Sent(sent, processor.each(sent.count()));
    } catch (IOException e) {
      throw new BenchmarkFailedException("the HTTP client: " + e.getMessage(), e);
    }
  }

  private void post(CloseableHttpClient http) throws IOException, GeneralSecurityException {
    String id = "evt_" + UUID.randomUUID();
    String time = Long.toString(System.currentTimeMillis() / 1_000);
    byte[] head = (id + "." + time + ".").getBytes(StandardCharsets.UTF_8);
    var request = new HttpPost(url);
    request.setHeader("webhook-id", id);
    request.setHeader("webhook-timestamp", time);
    request.setHeader("webhook-signature", "v1," + Base64.getEncoder().encodeToString(mac(head)));
    request.setHeader("X-Krate-Signature-256", "sha256=" + HexFormat.of().formatHex(mac()));
    request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
    http.execute(
        request,
        answer -> {
          EntityUtils.consume(answer.getEntity());
          return answer.getCode();
        });
  }

  private byte[] mac(byte... head) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(key);
    mac.update(head);
    return mac.doFinal(body);
  }
}
