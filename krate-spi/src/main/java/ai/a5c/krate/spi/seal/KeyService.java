package ai.a5c.krate.spi.seal;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;

/**
 * Wraps the data keys with which documents are sealed: a local key, or a key that never leaves its
 * service.
 *
 * <p>Methods block and may be called from many threads at once. The context is authenticated: a
 * wrapped key opens only with the context it was wrapped with.
 */
public interface KeyService {
  /**
   * The id of the key that new data keys are wrapped with; a wrapped key is opened by naming the id
   * it was wrapped under.
   */
  String currentKeyId();

  /** Wraps a data key under the key of that id. */
  Bytes wrap(String keyId, Secret dataKey, String context);

  /**
   * Opens a wrapped data key.
   *
   * @throws SealBrokenException if the key is unknown, or the wrapped key or the context was
   *     altered
   */
  Secret unwrap(String keyId, Bytes wrapped, String context);
}
