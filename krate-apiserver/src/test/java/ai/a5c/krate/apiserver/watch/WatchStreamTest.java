package ai.a5c.krate.apiserver.watch;

import static ai.a5c.krate.apiserver.house.House.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a watch writes as time goes by; the ticker moves only when a test moves it. */
@Timeout(60)
class WatchStreamTest {
  private final AtomicLong nanos =
      new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(20).toNanos());
  private final House house = new House();
  private int stirred;

  WatchStreamTest() {
    house.nanos = nanos::get;
  }

  @AfterEach
  void close() {
    house.close();
  }

  private ApiResponse watch(String query) {
    ApiResponse response =
        house.server().endpoint(House.ADMIN).call(ApiRequest.get(NOTES + "?watch=true" + query));
    assertThat(response.status()).isEqualTo(200);
    return response;
  }

  private String fromNow() {
    house.server();
    return "&resourceVersion=" + house.head();
  }

  /** Lets time go by, then makes a change that no watch of these tests wants to see. */
  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    stirred++;
    assertThat(
            house
                .send(
                    "POST",
                    "/apis/toys.example.org/v1/namespaces/team/tickets",
                    House.ticket("\"name\":\"stir-" + stirred + "\"", "q"))
                .status())
        .isEqualTo(201);
  }

  private static String read(ApiResponse watch) throws Exception {
    byte[] buffer = new byte[64 * 1024];
    int count = watch.body().read(buffer, 0, buffer.length);
    return count < 0 ? "END" : new String(buffer, 0, count, StandardCharsets.UTF_8);
  }

  /** What the watch gives next, once the time has passed while it waited. */
  private String readAfter(ApiResponse watch, Duration time) throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> reading = executor.submit(() -> read(watch));
      pass(time);
      return reading.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aQuietWatchIsKeptAliveByASpace() throws Exception {
    try (ApiResponse watch = watch(fromNow())) {
      assertThat(readAfter(watch, Duration.ofSeconds(15))).isEqualTo(" ");
      pass(Duration.ofSeconds(3));
      assertThat(readAfter(watch, Duration.ofSeconds(12))).isEqualTo(" ");
    }
  }

  @Test
  void aMinuteMakesABookmarkForWhoAskedForThem() throws Exception {
    house.server();
    long start = house.head().value();
    try (ApiResponse asked = watch(fromNow() + "&allowWatchBookmarks=true");
        ApiResponse unasked = watch(fromNow())) {
      String bookmark = readAfter(asked, Duration.ofSeconds(60));

      assertThat(bookmark)
          .startsWith("{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Note\"")
          .endsWith("}\n");
      Matcher told = Pattern.compile("\"resourceVersion\":\"(\\d+)\"").matcher(bookmark);
      assertThat(told.find()).isTrue();
      assertThat(Long.parseLong(told.group(1))).isBetween(start, house.head().value());
      assertThat(readAfter(unasked, Duration.ofSeconds(60))).isEqualTo(" ");
    }
  }

  @Test
  void theDeadlineEndsIt() throws Exception {
    try (ApiResponse watch = watch(fromNow() + "&timeoutSeconds=10")) {
      assertThat(readAfter(watch, Duration.ofSeconds(10))).isEqualTo("END");
    }
  }

  @Test
  void withoutATimeoutItEndsWithinTheHour() throws Exception {
    try (ApiResponse watch = watch(fromNow())) {
      assertThat(readAfter(watch, Duration.ofMinutes(29))).isEqualTo(" ");
      // Time may pass while it waits, and then there is a last space before the end is noticed.
      String last = readAfter(watch, Duration.ofMinutes(31));
      assertThat(last.equals(" ") ? read(watch) : last).isEqualTo("END");
    }
  }

  @Test
  void closingItWakesItsReader() throws Exception {
    ApiResponse watch = watch(fromNow());
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> reading = executor.submit(() -> read(watch));
      watch.close();
      assertThat(reading.get(30, TimeUnit.SECONDS)).isEqualTo("END");
    }
  }

  @Test
  void closingTheServerEndsIt() throws Exception {
    ApiResponse watch = watch(fromNow());
    house.server().close();

    assertThat(read(watch)).isEqualTo("END");
  }

  @Test
  void aListOfARevisionWhoseHistoryIsGoneIsExpired() {
    house.created("a");
    house.created("b");
    house.storage.compact(house.head());
    House.Answer answer = house.get(NOTES + "?resourceVersionMatch=Exact&resourceVersion=1");

    assertThat(answer.status()).isEqualTo(410);
    assertThat(answer.text("reason")).isEqualTo("Expired");
  }

  @Test
  void aWatchFromARevisionWhoseHistoryIsGoneIsExpired() {
    house.created("a");
    try (House fresh = new House(house)) {
      house.storage.compact(house.head());

      House.Answer answer = fresh.get(NOTES + "?watch=true&resourceVersion=1");

      assertThat(answer.status()).isEqualTo(410);
      assertThat(answer.text("reason")).isEqualTo("Expired");
    }
  }

  @Test
  void aContinueTokenWhoseHistoryIsGoneIsExpiredAndAnotherIsOffered() {
    house.created("a");
    house.created("b");
    house.created("c");
    String token = house.get(NOTES + "?limit=1").text("metadata", "continue");
    house.created("d");
    house.storage.compact(house.head());

    House.Answer expired = house.get(NOTES + "?limit=1&continue=" + token);

    assertThat(expired.status()).isEqualTo(410);
    assertThat(expired.text("reason")).isEqualTo("Expired");
    House.Answer rest = house.get(NOTES + "?continue=" + expired.text("metadata", "continue"));
    assertThat(rest.status()).isEqualTo(200);
    assertThat(rest.body().getJsonArray("items")).hasSize(3);
  }

  @Test
  void aWatchWhoseSelectorReadsASealedObjectShowsWhatItWas() throws Exception {
    house.server();
    String vault =
        "{\"apiVersion\":\"v1\",\"kind\":\"Vault\",\"metadata\":{\"name\":\"v\",\"labels\":{\"a\":\"b\"}},\"data\":{\"k\":\"one\"}}";
    assertThat(house.send("POST", House.VAULTS, vault).status()).isEqualTo(201);
    String target =
        House.VAULTS + "?watch=true&labelSelector=a%3Db&resourceVersion=" + house.head();
    try (ApiResponse watch = house.server().endpoint(House.ADMIN).call(ApiRequest.get(target))) {
      house.send("PATCH", House.VAULTS + "/v", "{\"data\":{\"k\":\"two\"}}");
      assertThat(read(watch)).startsWith("{\"type\":\"MODIFIED\"").contains("\"two\"");
      house.send(
          "PATCH",
          House.VAULTS + "/v",
          "{\"metadata\":{\"labels\":null},\"data\":{\"k\":\"three\"}}");
      ApiObject now = house.get(House.VAULTS + "/v").object();
      assertThat(read(watch))
          .startsWith("{\"type\":\"DELETED\"")
          .contains("\"two\"")
          .contains("\"resourceVersion\":\"" + now.resourceVersion() + "\"");
    }
  }
}
