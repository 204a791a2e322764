package ai.a5c.krate.apiserver.request;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A part of a request that is read when the road asks for it, and only once: what is wrong with it
 * is told at that stage, after the caller was authorized. Used by one thread.
 */
final class Deferred<T> implements Supplier<T> {
  private final Supplier<T> reading;
  private @Nullable T value;

  Deferred(Supplier<T> reading) {
    this.reading = reading;
  }

  /**
   * Reads it, or gives what was read before.
   *
   * @throws ai.a5c.krate.api.problem.ApiException if it cannot be read
   */
  @Override
  public T get() {
    T read = value;
    if (read == null) {
      read = reading.get();
      value = read;
    }
    return read;
  }
}
