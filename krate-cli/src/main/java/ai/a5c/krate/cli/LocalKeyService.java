package ai.a5c.krate.cli;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.spi.seal.SealBrokenException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps data keys with AES-256-GCM under keys in a file. A line is an id and a key; the last one is
 * the current key, the others open what was wrapped before.
 */
final class LocalKeyService implements KeyService {
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final int KEY = 32;

  private final Map<String, SecretKey> keys;
  private final String current;
  private final SecureRandom random;

  private LocalKeyService(Map<String, SecretKey> keys, String current, SecureRandom random) {
    this.keys = keys;
    this.current = current;
    this.random = random;
  }

  /**
   * Reads the keys of a file, which is made with one key if it is missing.
   *
   * @throws StartFailedException if the file cannot be read or written, or holds something else
   */
  static LocalKeyService open(Path file, SecureRandom random) {
    try {
      if (Files.notExists(file)) {
        byte[] id = new byte[8];
        byte[] key = new byte[KEY];
        random.nextBytes(id);
        random.nextBytes(key);
        String line =
            HexFormat.of().formatHex(id) + " " + Base64.getEncoder().encodeToString(key) + "\n";
        DurableFile.writeSecret(file, line.getBytes(StandardCharsets.US_ASCII));
      }
      return parse(file, Files.readAllLines(file, StandardCharsets.US_ASCII), random);
    } catch (IOException e) {
      throw new StartFailedException("The keys in " + file + " cannot be used: " + e, e);
    }
  }

  private static LocalKeyService parse(Path file, List<String> lines, SecureRandom random) {
    Map<String, SecretKey> keys = new LinkedHashMap<>();
    String current = "";
    for (String line : lines) {
      String[] parts = line.split(" ", -1);
      byte[] key = parts.length == 2 ? decode(parts[1]) : new byte[0];
      if (key.length != KEY || parts[0].isEmpty()) {
        throw new StartFailedException(
            "The file "
                + file
                + " is damaged: bring it back from a backup, sealed documents need it.");
      }
      current = parts[0];
      keys.put(current, new SecretKeySpec(key, "AES"));
    }
    if (keys.isEmpty()) {
      throw new StartFailedException(
          "The file " + file + " is empty: bring it back from a backup, sealed documents need it.");
    }
    return new LocalKeyService(keys, current, random);
  }

  private static byte[] decode(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  @Override
  public String currentKeyId() {
    return current;
  }

  @Override
  public Bytes wrap(String keyId, Secret dataKey, String context) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, keyId, nonce, context).doFinal(dataKey.reveal());
      return Bytes.owning(
          ByteBuffer.allocate(NONCE + sealed.length).put(nonce).put(sealed).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  @Override
  public Secret unwrap(String keyId, Bytes wrapped, String context) {
    byte[] whole = wrapped.toArray();
    if (whole.length <= NONCE) {
      throw new SealBrokenException("a data key wrapped under " + keyId + " is cut off");
    }
    byte[] nonce = Arrays.copyOf(whole, NONCE);
    try {
      return Secret.of(
          cipher(Cipher.DECRYPT_MODE, keyId, nonce, context)
              .doFinal(whole, NONCE, whole.length - NONCE));
    } catch (GeneralSecurityException e) {
      throw new SealBrokenException(
          "a data key wrapped under " + keyId + " does not open: it or its context was altered", e);
    }
  }

  private Cipher cipher(int mode, String keyId, byte[] nonce, String context)
      throws GeneralSecurityException {
    SecretKey key = keys.get(keyId);
    if (key == null) {
      throw new SealBrokenException("there is no key " + keyId);
    }
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD((keyId + "\0" + context).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
