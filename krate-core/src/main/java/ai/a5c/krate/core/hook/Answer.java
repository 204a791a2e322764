package ai.a5c.krate.core.hook;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What came of a request. */
sealed interface Answer {
  /** How long it took. */
  Duration latency();

  /**
   * The receiver answered.
   *
   * @param headers bounded
   * @param body the first 4 KiB, read as UTF-8
   * @param retryAfter how long the receiver asks to be left alone, null if it does not say
   */
  record Received(
      int status,
      Map<String, String> headers,
      String body,
      Duration latency,
      @Nullable Duration retryAfter)
      implements Answer {
    public Received {
      headers = Collections.unmodifiableMap(new TreeMap<>(headers));
    }
  }

  /**
   * There was no answer.
   *
   * @param error one line that says why
   */
  record Missing(String error, Duration latency) implements Answer {}
}
