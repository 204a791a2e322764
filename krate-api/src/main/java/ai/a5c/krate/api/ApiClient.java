package ai.a5c.krate.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * An {@link ApiEndpoint} for programs that have documents in their hands: every answer is the text
 * of an object in JSON, and every refusal an exception.
 *
 * <p>Targets are paths as kubectl would use them: {@code
 * /apis/krate.a5c.ai/v1alpha1/namespaces/krate-org-acme/pullrequests/web-1}. Documents may be YAML
 * or JSON. May be used from many threads at once.
 */
public final class ApiClient {
  private static final int LARGEST = 64 * 1024 * 1024;
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final ApiEndpoint endpoint;

  public ApiClient(ApiEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** The object, or the list, at the target. */
  public String get(String target) {
    return call(ApiRequest.get(target));
  }

  /** Creates an object in the collection at the target, and gives it as it is then. */
  public String create(String target, String document) {
    return call(ApiRequest.of("POST", target, "application/yaml", document));
  }

  /** Replaces the object at the target, if it is still of the version that the document names. */
  public String replace(String target, String document) {
    return call(ApiRequest.of("PUT", target, "application/yaml", document));
  }

  /** Changes members of the object at the target (RFC 7396), and gives it as it is then. */
  public String patch(String target, String json) {
    return call(ApiRequest.of("PATCH", target, "application/merge-patch+json", json));
  }

  /** Deletes the object at the target; what it gives depends on whether it went at once. */
  public String delete(String target) {
    return call(ApiRequest.of("DELETE", target, "application/json", ""));
  }

  /**
   * Waits until the object at the target is as wanted; Krate's own controllers take a moment to do
   * their part. An object that is not there yet is waited for, too.
   *
   * @return the object, as it was when it was as wanted
   * @throws IllegalStateException if it is not so within the patience, with what was there last; or
   *     if the thread is interrupted
   */
  public String await(String target, Predicate<String> wanted, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    String last = "";
    while (!Thread.currentThread().isInterrupted() && System.nanoTime() - end < 0) {
      try {
        last = get(target);
        if (wanted.test(last)) {
          return last;
        }
      } catch (RefusedException e) {
        if (e.code() != RefusedException.NOT_FOUND) {
          throw e;
        }
        last = e.status();
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    throw new IllegalStateException("waited in vain for " + target + ": " + last);
  }

  private String call(ApiRequest request) {
    try (ApiResponse response = endpoint.call(request);
        InputStream body = response.body()) {
      byte[] read = body.readNBytes(LARGEST + 1);
      if (read.length > LARGEST) {
        throw new IllegalStateException("the answer is longer than " + LARGEST + " bytes");
      }
      String text = new String(read, StandardCharsets.UTF_8);
      if (response.status() / 100 != 2) {
        throw new RefusedException(request, response.status(), text);
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
