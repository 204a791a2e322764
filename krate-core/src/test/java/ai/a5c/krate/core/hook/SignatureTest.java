package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Bytes;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class SignatureTest {
  private static final String KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  /** The example of the specification's own test vectors. */
  @Test
  void theExampleOfTheSpecificationIsSignedTheSame() {
    SortedMap<String, String> headers =
        Signature.headers(
            List.of(key(KEY)),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            Instant.ofEpochSecond(1614265330),
            Bytes.utf8("{\"test\": 2432232314}"));
    assertThat(headers)
        .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        .containsEntry("webhook-timestamp", "1614265330")
        .containsEntry("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek");
  }

  /** The example of GitHub's documentation on validating deliveries. */
  @Test
  void theBodyIsSignedAsGitHubSignsIt() {
    SortedMap<String, String> headers =
        Signature.headers(
            List.of(key("It's a Secret to Everybody")),
            "evt_1",
            Instant.EPOCH,
            Bytes.utf8("Hello, World!"));
    assertThat(headers)
        .containsEntry(
            "X-Krate-Signature-256",
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
  }

  @Test
  void aChangedBodyIdOrTimeIsNoticed() {
    Bytes body = Bytes.utf8("{\"a\":1}");
    Instant now = Instant.now();
    Map<String, String> headers = Signature.headers(List.of(key(KEY)), "evt_1_0_x", now, body);
    assertThatCode(() -> verify(headers, body.utf8())).doesNotThrowAnyException();
    assertThatThrownBy(() -> verify(headers, "{\"a\":2}"))
        .isInstanceOf(WebhookVerificationException.class);
    for (String changed : List.of("webhook-id", "webhook-timestamp")) {
      Map<String, String> other = new HashMap<>(headers);
      other.put(changed, other.get(changed).replaceAll(".$", "9") + "9");
      assertThatThrownBy(() -> verify(other, body.utf8()))
          .isInstanceOf(WebhookVerificationException.class);
    }
  }

  @Test
  void aKeyIsBase64AfterItsPrefixAndItselfWithout() {
    assertThat(SigningKey.of(Bytes.utf8("whsec_aGVsbG8=\n")))
        .hasValueSatisfying(key -> assertThat(key.key().revealText()).isEqualTo("hello"));
    assertThat(SigningKey.of(Bytes.utf8("plain\n")))
        .hasValueSatisfying(key -> assertThat(key.key().revealText()).isEqualTo("plain\n"));
    assertThat(SigningKey.of(Bytes.utf8("whsec_"))).isEmpty();
    assertThat(SigningKey.of(Bytes.utf8("whsec_?"))).isEmpty();
    assertThat(SigningKey.of(Bytes.EMPTY)).isEmpty();
    assertThat(key(KEY).toString()).doesNotContain("MfKQ9r8");
  }

  private static void verify(Map<String, String> headers, String body)
      throws WebhookVerificationException {
    Map<String, List<String>> lists = new HashMap<>();
    headers.forEach((name, value) -> lists.put(name, List.of(value)));
    new Webhook(KEY).verify(body, HttpHeaders.of(lists, (name, value) -> true));
  }

  private static SigningKey key(String value) {
    return SigningKey.of(Bytes.utf8(value)).orElseThrow();
  }
}
