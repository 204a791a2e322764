package ai.a5c.krate.core.hook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Reads as much of an answer as is worth keeping, and no more than 64 KiB of it. */
final class AnswerReader {
  static final int KEPT_BODY = 4 * 1024;
  static final int LONGEST_BODY = 64 * 1024;

  private static final int MOST_HEADERS = 32;
  private static final int LONGEST_HEADER = 512;
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final InstantSource clock;

  AnswerReader(InstantSource clock) {
    this.clock = clock;
  }

  /** Reads an answer; its connection can be used again only if it ends within the limit. */
  Answer.Received read(ClassicHttpResponse response, Supplier<Duration> latency)
      throws IOException {
    String body = body(response.getEntity());
    return new Answer.Received(
        response.getCode(), headers(response), body, latency.get(), retryAfter(response));
  }

  private static String body(@Nullable HttpEntity entity) throws IOException {
    if (entity == null) {
      return "";
    }
    var kept = new ByteArrayOutputStream();
    InputStream in = entity.getContent();
    byte[] buffer = new byte[KEPT_BODY];
    int total = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      kept.write(buffer, 0, Math.min(n, KEPT_BODY - kept.size()));
      total += n;
      if (total > LONGEST_BODY) {
        break;
      }
    }
    return utf8(kept.toByteArray());
  }

  /** The text, without a character that the limit has cut in two. */
  private static String utf8(byte[] bytes) {
    int end = bytes.length;
    if (end == KEPT_BODY) {
      int start = end - 1;
      while (start > 0 && end - start < 4 && (bytes[start] & 0xc0) == 0x80) {
        start--;
      }
      int lead = bytes[start] & 0xff;
      int needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
      if (end - start < needed) {
        end = start;
      }
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  private static Map<String, String> headers(ClassicHttpResponse response) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Header header : response.getHeaders()) {
      String value = header.getValue() == null ? "" : header.getValue();
      if (headers.size() < MOST_HEADERS || headers.containsKey(header.getName())) {
        headers.merge(cut(header.getName()), cut(value), (first, next) -> cut(first + ", " + next));
      }
    }
    return headers;
  }

  private @Nullable Duration retryAfter(ClassicHttpResponse response) {
    Header header = response.getFirstHeader(HttpHeaders.RETRY_AFTER);
    if (header == null || header.getValue() == null) {
      return null;
    }
    String value = header.getValue().trim();
    if (SECONDS.matcher(value).matches()) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    Instant time = DateUtils.parseStandardDate(value);
    if (time == null) {
      return null;
    }
    Duration left = Duration.between(clock.instant(), time);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static String cut(String text) {
    return text.length() > LONGEST_HEADER ? text.substring(0, LONGEST_HEADER) : text;
  }
}
