package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.spi.seal.SealBrokenException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals whole documents: AES-256-GCM (NIST SP 800-38D) under a data key of their own, which the key
 * service wraps. The place where a document is stored is authenticated with it, so that a sealed
 * document cannot be moved to another name.
 */
final class Sealer {
  private static final byte FORMAT = 1;
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int LONGEST_KEY = 0xffff;

  private final KeyService keys;
  private final SecureRandom random = new SecureRandom();

  Sealer(KeyService keys) {
    this.keys = keys;
  }

  /** A sealed document and the key that it needs. */
  record Sealed(Bytes content, String keyId) {}

  Sealed seal(Bytes plain, String place) {
    byte[] dataKey = new byte[KEY_BYTES];
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(dataKey);
    random.nextBytes(nonce);
    String keyId = keys.currentKeyId();
    try {
      byte[] wrapped = keys.wrap(keyId, Secret.of(dataKey), place).toArray();
      if (wrapped.length > LONGEST_KEY) {
        throw new SealBrokenException("the key service wraps keys in " + wrapped.length + " bytes");
      }
      byte[] content = cipher(Cipher.ENCRYPT_MODE, dataKey, nonce, place).doFinal(plain.toArray());
      return new Sealed(
          Bytes.owning(
              ByteBuffer.allocate(1 + 2 + wrapped.length + NONCE_BYTES + content.length)
                  .put(FORMAT)
                  .putShort((short) wrapped.length)
                  .put(wrapped)
                  .put(nonce)
                  .put(content)
                  .array()),
          keyId);
    } catch (GeneralSecurityException e) {
      throw new SealBrokenException("cannot seal " + place, e);
    } finally {
      Arrays.fill(dataKey, (byte) 0);
    }
  }

  Bytes open(Bytes content, String keyId, String place) {
    ByteBuffer in = ByteBuffer.wrap(content.toArray());
    try {
      if (in.get() != FORMAT) {
        throw new SealBrokenException("unknown seal on " + place);
      }
      byte[] wrapped = new byte[Short.toUnsignedInt(in.getShort())];
      byte[] nonce = new byte[NONCE_BYTES];
      in.get(wrapped).get(nonce);
      byte[] rest = new byte[in.remaining()];
      in.get(rest);
      byte[] dataKey = keys.unwrap(keyId, Bytes.owning(wrapped), place).reveal();
      try {
        return Bytes.owning(cipher(Cipher.DECRYPT_MODE, dataKey, nonce, place).doFinal(rest));
      } finally {
        Arrays.fill(dataKey, (byte) 0);
      }
    } catch (GeneralSecurityException | BufferUnderflowException e) {
      throw new SealBrokenException("the seal of " + place + " is broken", e);
    }
  }

  private static Cipher cipher(int mode, byte[] key, byte[] nonce, String place)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
