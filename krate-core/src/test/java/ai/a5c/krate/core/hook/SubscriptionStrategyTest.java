package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.config.Repository;
import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.WriteContext;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionStrategyTest {
  private final Forge forge = Forge.fresh(false, InetAddress::getAllByName);

  @AfterEach
  void close() {
    forge.close();
  }

  @Test
  void whoSendsEventsElsewhereMaintainsTheirRepositoriesBeforeAndAfter() {
    assertThat(claimed(null, "['web', 'app']")).containsExactly("app", "web");
    assertThat(claimed(null, "['*']")).containsExactly("");
    assertThat(claimed(null, "[]")).containsExactly("");
    assertThat(claimed("['web']", "['app']")).containsExactly("app", "web");
    assertThat(claimed("['*']", "['app']")).containsExactly("", "app");
    assertThat(claimed("['web']", "['web']")).containsExactly("web");
  }

  private static List<String> claimed(@Nullable String old, String repositories) {
    var strategy = new SubscriptionStrategy(Forge.kind(Repository.class).resource());
    var context =
        new WriteContext(
            Forge.ADA, Forge.kind(WebhookSubscription.class), "team", "", Instant.EPOCH, false);
    return strategy
        .claims(context, old == null ? null : subscription(old), subscription(repositories))
        .stream()
        .peek(claim -> assertThat(claim.verb()).isEqualTo("maintain"))
        .peek(claim -> assertThat(claim.resource().resource()).isEqualTo("repositories"))
        .map(Claim::name)
        .toList();
  }

  private static ApiObject subscription(String repositories) {
    String json = "{'spec': {'repositories': " + repositories + "}}";
    return new ApiObject(Json.stored(Bytes.utf8(json.replace('\'', '"'))));
  }

  @Test
  void itsStatusAsksForNothing() {
    var strategy = new SubscriptionStrategy(Forge.kind(Repository.class).resource());
    var context =
        new WriteContext(
            Forge.ADA,
            Forge.kind(WebhookSubscription.class),
            "team",
            "status",
            Instant.EPOCH,
            false);

    assertThat(strategy.claims(context, subscription("['*']"), subscription("['*']"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://ci.example/hook?token=x",
        "http://10.0.0.1:8080/",
        "https://Example.org",
        "https://[2606:4700::1111]:8443/x"
      })
  void aPlainWebAddressIsFine(String url) {
    assertThat(subscribe("'url': '" + url + "'")).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://ada:secret@ci.example/, must not hold a user name or password",
    "https:///hook, must name a host",
    "https://ci.example:0/, port must be between 1 and 65535",
    "https://ci.example:70000/, port must be between 1 and 65535",
    "https://ci.example/#top, must not have a fragment",
    "https://ci_example/, must name a host",
    "https://ci.example/%zz, it is not a URL"
  })
  void anythingElseIsRefused(String url, String why) {
    assertRefused("'url': '" + url + "'", "spec.url", why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pull.*", "pullrequest", "push.*", "comment.created", "pullrequest.foo"})
  void unknownEventsAreRefusedWithTheKnownOnes(String event) {
    assertRefused("'events': ['push', '" + event + "']", "spec.events[1]", "\"pullrequest.*\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "content-length",
        "Content-Type",
        "Transfer-Encoding",
        "CONNECTION",
        "webhook-id",
        "Webhook-Anything",
        "X-Krate-Event",
        "Proxy-Authorization"
      })
  void headersThatAreOursAreRefused(String name) {
    assertRefused(
        "'headers': {'" + name + "': 'x'}", "spec.headers[" + name + "]", "sets this header");
  }

  @Test
  void headersThatAreNoneAreRefusedWithoutTellingTheValue() {
    assertRefused("'headers': {'a b': 'x'}", "spec.headers[a b]", "not a header field name");
    assertThatThrownBy(() -> subscribe("'headers': {'X-Token': 'hush\\nX-Evil: 1'}"))
        .hasMessageContaining("visible ASCII")
        .hasMessageNotContaining("hush");
    assertRefused("'headers': {'X-A': '1', 'x-a': '2'}", "spec.headers", "Duplicate");
  }

  @Test
  void secretsAreOneOrTwoDifferentOnes() {
    String one = "{'name': 'a', 'key': 'k'}";
    String other = "{'name': 'b', 'key': 'k'}";
    assertThat(subscribe("'secretRefs': [" + one + "," + other + "]")).isNotEmpty();
    assertRefused("'secretRefs': [" + one + "," + one + "]", "spec.secretRefs[1]", "Duplicate");
    assertRefused("'secretRefs': []", "spec.secretRefs", "");
    assertRefused("'secretRefs': [" + one + "," + other + "," + one + "]", "spec.secretRefs", "");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "'timeout': '61s', spec.timeout",
        "'timeout': '1ms', spec.timeout",
        "'timeout': '-1s', spec.timeout",
        "'retry': {'initialDelay': '0s'}, spec.retry.initialDelay",
        "'retry': {'initialDelay': '25h'}, spec.retry.initialDelay",
        "'retry': {'maxDelay': '25h'}, spec.retry.maxDelay",
        "'retry': {'maxDelay': '1s'}, spec.retry.maxDelay",
        "'retry': {'deadline': '721h'}, spec.retry.deadline",
        "'retry': {'maxAttempts': 0}, spec.retry.maxAttempts"
      })
  void timesOutOfBoundsAreRefused(String member, String field) {
    assertRefused(member, field, "");
  }

  private void assertRefused(String member, String field, String why) {
    assertThatThrownBy(() -> subscribe(member))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining(field)
        .hasMessageContaining(why);
  }

  private String subscribe(String member) {
    String url = member.contains("'url'") ? "" : "'url': 'https://ci.example/',";
    String events = member.contains("'events'") ? "" : "'events': ['*'],";
    String secrets =
        member.contains("'secretRefs'") ? "" : "'secretRefs': [{'name': 'a', 'key': 'k'}],";
    return forge
        .create(
            WebhookSubscription.class,
            "{'metadata': {'generateName': 'ci-', 'namespace': 'team'}, 'spec': {"
                + url
                + events
                + secrets
                + member
                + "}}")
        .name();
  }
}
