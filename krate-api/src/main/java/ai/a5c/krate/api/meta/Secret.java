package ai.a5c.krate.api.meta;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A value that does not print: passwords, keys, signing secrets. */
public final class Secret {
  private final byte[] value;

  private Secret(byte[] value) {
    this.value = value;
  }

  public static Secret of(String value) {
    return new Secret(value.getBytes(StandardCharsets.UTF_8));
  }

  public static Secret of(byte[] value) {
    return new Secret(value.clone());
  }

  /** The bytes themselves, for the one who must use them. */
  public byte[] reveal() {
    return value.clone();
  }

  /** The bytes read as UTF-8, for the one who must use them. */
  public String revealText() {
    return new String(value, StandardCharsets.UTF_8);
  }

  /** Compares in constant time. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(value, secret.value);
  }

  /** The same for every secret, so that a hash tells nothing. */
  @Override
  public int hashCode() {
    return 1;
  }

  @Override
  public String toString() {
    return "***";
  }
}
