package ai.a5c.krate.core;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.seal.KeyService;

/** Keys that wrap nothing. */
public final class PlainKeys implements KeyService {
  @Override
  public String currentKeyId() {
    return "plain";
  }

  @Override
  public Bytes wrap(String keyId, Secret dataKey, String context) {
    return Bytes.copyOf(dataKey.reveal());
  }

  @Override
  public Secret unwrap(String keyId, Bytes wrapped, String context) {
    return Secret.of(wrapped.toArray());
  }
}
