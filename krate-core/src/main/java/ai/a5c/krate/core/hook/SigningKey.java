package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import java.util.Base64;
import java.util.Optional;

/**
 * A key that signs requests, as a Secret holds it.
 *
 * <p>A value that begins with {@code whsec_} is the base64 of the key, white space at its end not
 * counted, as the Standard Webhooks specification writes keys. Any other value is the key itself,
 * byte for byte.
 */
record SigningKey(Secret key) {
  private static final String PREFIX = "whsec_";

  /** The key, or nothing if the value is empty or what follows {@code whsec_} is no base64. */
  static Optional<SigningKey> of(Bytes value) {
    String text = value.utf8();
    if (!text.startsWith(PREFIX)) {
      return value.isEmpty()
          ? Optional.empty()
          : Optional.of(new SigningKey(Secret.of(value.toArray())));
    }
    try {
      byte[] key = Base64.getDecoder().decode(text.substring(PREFIX.length()).stripTrailing());
      return key.length == 0 ? Optional.empty() : Optional.of(new SigningKey(Secret.of(key)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
