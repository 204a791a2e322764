package ai.a5c.krate.apiserver.watch;

import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.spi.storage.Key;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a watch or list wants to see.
 *
 * @param namespace only this one; null for all
 * @param name only the object of this name; null for all
 * @param selector of labels and fields; null if it takes everything, so that nothing has to be
 *     parsed
 */
public record WatchFilter(
    Kind kind,
    @Nullable String namespace,
    @Nullable String name,
    @Nullable Predicate<ApiObject> selector) {

  /** Whether the key alone rules an object out. */
  public boolean admits(Key<?> key) {
    return key.resource().equals(kind.resource())
        && (namespace == null || namespace.equals(key.namespace()))
        && (name == null || name.equals(key.name()));
  }

  /** Whether labels and fields are as wanted. */
  public boolean selects(ApiObject object) {
    return selector == null || selector.test(object);
  }
}
