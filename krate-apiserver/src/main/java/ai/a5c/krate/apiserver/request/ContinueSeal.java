package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.spi.seal.SealBrokenException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals continue tokens, which may name what their bearer does not see: AES-256-GCM (NIST SP
 * 800-38D), padded, so that not even the length of a name shows. A token opens only for the list
 * and the subject that it was made for.
 *
 * <p>Each server draws a key, wraps it by the key service and sends it along in the tokens: so they
 * open at every replica and after a restart, until the key service's current key is another one.
 * May be used from many threads at once; blocks where the key service does.
 */
final class ContinueSeal {
  private static final byte FORMAT = 1;
  private static final String CONTEXT = "continue tokens";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int PADDING = 128;
  private static final int LONGEST = 16 * 1024;

  /** Random nonces of 96 bits allow for 2^32 messages under one key. */
  private static final long MOST_SEALED = 1L << 30;

  private static final int MOST_OPENED = 64;

  private final KeyService keys;
  private final SecureRandom random = new SecureRandom();
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Own own;
  private long sealed;

  /** Keys by their wrapped form, the least recently used first. */
  private final Map<Bytes, SecretKey> opened =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, SecretKey> eldest) {
          return size() > MOST_OPENED;
        }
      };

  /** The key that this server seals with. */
  private record Own(String keyId, Bytes wrapped, SecretKey key) {}

  ContinueSeal(KeyService keys) {
    this.keys = keys;
  }

  /**
   * Tokens of one list for one subject.
   *
   * @param binding what makes the list and the subject this one
   */
  Bound bound(String binding) {
    return new Bound(binding);
  }

  /** Seals and opens the tokens of one list. */
  final class Bound {
    private final byte[] binding;

    private Bound(String binding) {
      this.binding = binding.getBytes(StandardCharsets.UTF_8);
    }

    String seal(ContinueToken token) {
      Own with = own();
      byte[] plain = token.encode().toArray();
      byte[] nonce = new byte[NONCE_BYTES];
      random.nextBytes(nonce);
      try {
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, with.key(), nonce, binding);
        byte[] padded = new byte[(plain.length / PADDING + 1) * PADDING];
        Arrays.fill(padded, (byte) ' ');
        System.arraycopy(plain, 0, padded, 0, plain.length);
        byte[] content = cipher.doFinal(padded);
        byte[] wrapped = with.wrapped().toArray();
        byte[] all =
            ByteBuffer.allocate(1 + 2 + wrapped.length + NONCE_BYTES + content.length)
                .put(FORMAT)
                .putShort((short) wrapped.length)
                .put(wrapped)
                .put(nonce)
                .put(content)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("AES-GCM is part of every JDK", e);
      }
    }

    /**
     * Opens a token.
     *
     * @throws ApiException BadRequest if it was not sealed for this list and this subject
     */
    ContinueToken open(String text) {
      try {
        if (text.length() > LONGEST) {
          throw new IllegalArgumentException("too long");
        }
        byte[] all = Base64.getUrlDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1));
        ByteBuffer in = ByteBuffer.wrap(all);
        if (in.get() != FORMAT) {
          throw new IllegalArgumentException("unknown format");
        }
        byte[] wrapped = bytes(in, Short.toUnsignedInt(in.getShort()));
        byte[] nonce = bytes(in, NONCE_BYTES);
        byte[] content = bytes(in, in.remaining());
        SecretKey key = unwrapped(Bytes.owning(wrapped));
        byte[] plain = cipher(Cipher.DECRYPT_MODE, key, nonce, binding).doFinal(content);
        return ContinueToken.decode(Bytes.owning(plain));
      } catch (SealBrokenException
          | GeneralSecurityException
          | BufferUnderflowException
          | IllegalArgumentException e) {
        throw new ApiException(new Problem.BadRequest("continue key is not valid"));
      }
    }
  }

  private static byte[] bytes(ByteBuffer in, int count) {
    if (count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  private Own own() {
    String current = keys.currentKeyId();
    lock.lock();
    try {
      Own present = own;
      if (present != null && present.keyId().equals(current) && sealed < MOST_SEALED) {
        sealed++;
        return present;
      }
    } finally {
      lock.unlock();
    }
    Own fresh = drawn(current);
    lock.lock();
    try {
      own = fresh;
      sealed = 1;
      opened.put(fresh.wrapped(), fresh.key());
    } finally {
      lock.unlock();
    }
    return fresh;
  }

  private Own drawn(String keyId) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    try {
      Bytes wrapped = keys.wrap(keyId, Secret.of(key), CONTEXT);
      if (wrapped.size() > LONGEST / 2) {
        throw new SealBrokenException("the key service wraps keys in " + wrapped.size() + " bytes");
      }
      return new Own(keyId, wrapped, new SecretKeySpec(key, "AES"));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** A token does not say under which key it was wrapped: what clients send names no keys. */
  private SecretKey unwrapped(Bytes wrapped) {
    lock.lock();
    try {
      SecretKey known = opened.get(wrapped);
      if (known != null) {
        return known;
      }
    } finally {
      lock.unlock();
    }
    byte[] key = keys.unwrap(keys.currentKeyId(), wrapped, CONTEXT).reveal();
    try {
      SecretKey fresh = new SecretKeySpec(key, "AES");
      lock.lock();
      try {
        opened.put(wrapped, fresh);
      } finally {
        lock.unlock();
      }
      return fresh;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, byte[] binding)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(binding);
    return cipher;
  }
}
