package ai.a5c.krate.apiserver.request;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.registry.Scope;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.testkit.engine.EngineTestKit;

/**
 * The conformance suite itself is tried: each server is broken in one way, and breaks that rule.
 */
class ConformanceFindsFaultsTest {
  /** Ways in which a server can be wrong, and the rule that it then breaks. */
  private enum Fault {
    DRY_RUNS_ARE_DONE("a6_1"),
    DRY_RUNS_MAKE_EVENTS("a6_5"),
    WATCHES_LOSE_AN_EVENT("a9_1"),
    WATCHES_DOUBLE_AN_EVENT("a9_1"),
    WATCHES_SWAP_EVENTS("a9_1"),
    RESUMED_WATCHES_REPEAT("a9_3"),
    WATCHES_IGNORE_SELECTORS("a4_4"),
    WATCHES_BEGIN_A_REVISION_LATER("a9_2"),
    LISTS_IGNORE_THE_LIMIT("a3_4"),
    LISTS_HAVE_NO_REVISION("a3_1"),
    DELETIONS_IGNORE_PRECONDITIONS("a5_5"),
    UPDATES_IGNORE_VERSIONS("a1_33"),
    STATUS_IS_WRITTEN_BY_THE_MAIN_RESOURCE("a8_1"),
    REFUSALS_ARE_EMPTY("a1_12"),
    STRICT_IS_IGNORED("a1_15");

    private final String rule;

    Fault(String rule) {
      this.rule = rule;
    }
  }

  private static Fault fault = Fault.DRY_RUNS_ARE_DONE;

  /** Run by the test below, not by itself. */
  static class Broken extends EmbeddedConformanceTest {
    @Override
    protected ApiEndpoint endpoint() {
      return breaking(super.endpoint());
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBrokenServerBreaksItsRule(Fault tried) {
    fault = tried;
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectMethod(Broken.class, tried.rule))
        .execute()
        .testEvents()
        .assertStatistics(statistics -> statistics.started(1).failed(1));
  }

  /** Run by the test below, not by itself. */
  static class Blabbing extends EmbeddedHiddenConformanceTest {
    @Override
    Optional<Scope> scopeOfNotes() {
      return Optional.empty();
    }
  }

  @Test
  void aServerThatHidesNothingBreaksEveryRuleAboutWhatIsHidden() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(Blabbing.class))
        .execute()
        .testEvents()
        .assertStatistics(statistics -> statistics.started(7).failed(7));
  }

  private static ApiEndpoint breaking(ApiEndpoint real) {
    return switch (fault) {
      case DRY_RUNS_ARE_DONE, DRY_RUNS_MAKE_EVENTS ->
          request -> real.call(target(request, t -> t.replace("?dryRun=All", "")));
      case WATCHES_LOSE_AN_EVENT -> watched(real, i -> i == 7 ? List.of() : List.of(0));
      case WATCHES_DOUBLE_AN_EVENT -> watched(real, i -> i == 7 ? List.of(0, 0) : List.of(0));
      case WATCHES_SWAP_EVENTS ->
          watched(real, i -> i % 9 == 7 ? List.of() : i % 9 == 8 ? List.of(0, -1) : List.of(0));
      case RESUMED_WATCHES_REPEAT -> request -> real.call(target(request, t -> shifted(t, -2)));
      case WATCHES_BEGIN_A_REVISION_LATER ->
          request -> real.call(target(request, t -> shifted(t, 60)));
      case WATCHES_IGNORE_SELECTORS ->
          request ->
              real.call(
                  target(
                      request,
                      t ->
                          t.contains("watch=true") ? t.replaceAll("&labelSelector=[^&]*", "") : t));
      case LISTS_IGNORE_THE_LIMIT ->
          request -> real.call(target(request, t -> t.replaceAll("limit=\\d+", "x=1")));
      case LISTS_HAVE_NO_REVISION ->
          answered(
              real,
              text ->
                  text.replaceAll(
                      "\"metadata\":\\{\"resourceVersion\":\"\\d+\"\\}", "\"metadata\":{}"));
      case DELETIONS_IGNORE_PRECONDITIONS ->
          request ->
              real.call(
                  request.method().equals("DELETE")
                      ? new ApiRequest("DELETE", request.target(), request.headers(), Bytes.EMPTY)
                      : request);
      case UPDATES_IGNORE_VERSIONS -> request -> real.call(versionless(request));
      case STATUS_IS_WRITTEN_BY_THE_MAIN_RESOURCE ->
          request -> real.call(target(request, t -> t.replace("/status", "")));
      case REFUSALS_ARE_EMPTY -> answered(real, text -> text.contains("\"Failure\"") ? "" : text);
      case STRICT_IS_IGNORED ->
          request -> real.call(target(request, t -> t.replace("?fieldValidation=Strict", "")));
    };
  }

  private static ApiRequest target(ApiRequest request, UnaryOperator<String> change) {
    return new ApiRequest(
        request.method(), change.apply(request.target()), request.headers(), request.body());
  }

  private static String shifted(String target, int by) {
    String[] parts = target.split("resourceVersion=", 2);
    if (!target.contains("watch=true") || parts.length < 2) {
      return target;
    }
    return parts[0] + "resourceVersion=" + Math.max(1, Long.parseLong(parts[1]) + by);
  }

  /** A PUT as a merge patch that names no version. */
  private static ApiRequest versionless(ApiRequest request) {
    if (!request.method().equals("PUT")) {
      return request;
    }
    String body = request.body().utf8().replaceAll("\"resourceVersion\":\"\\d+\",?", "");
    return ApiRequest.of("PATCH", request.target(), "application/merge-patch+json", body);
  }

  private static ApiEndpoint answered(ApiEndpoint real, UnaryOperator<String> change) {
    return request -> {
      try (ApiResponse response = real.call(request)) {
        String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        byte[] changed = change.apply(text).getBytes(StandardCharsets.UTF_8);
        return new ApiResponse(
            response.status(), response.headers(), new ByteArrayInputStream(changed));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  /**
   * Lines of one of the watches come as {@code shown} says of each: 0 is the line itself, -1 the
   * one before it.
   */
  private static ApiEndpoint watched(ApiEndpoint real, IntFunction<List<Integer>> shown) {
    AtomicInteger watches = new AtomicInteger();
    return request -> {
      ApiResponse response = real.call(request);
      boolean broken = request.target().contains("watch=true") && watches.getAndIncrement() == 0;
      return broken
          ? new ApiResponse(
              response.status(), response.headers(), new Lines(response.body(), shown))
          : response;
    };
  }

  private static final class Lines extends InputStream {
    private final BufferedReader lines;
    private final IntFunction<List<Integer>> shown;
    private String before = "";
    private int count;
    private InputStream pending = InputStream.nullInputStream();

    Lines(InputStream body, IntFunction<List<Integer>> shown) {
      this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
      this.shown = shown;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      int read = pending.read(target, from, length);
      while (read < 0) {
        String line = lines.readLine();
        if (line == null) {
          return -1;
        }
        StringBuilder text = new StringBuilder();
        for (int which : shown.apply(count++)) {
          text.append(which == 0 ? line : before).append('\n');
        }
        before = line;
        pending = new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8));
        read = pending.read(target, from, length);
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }
}
