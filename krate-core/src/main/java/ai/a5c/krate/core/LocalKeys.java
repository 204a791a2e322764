package ai.a5c.krate.core;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.spi.seal.SealBrokenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps data keys with AES-256-GCM under keys in a file. A line is an id and a key; the last one is
 * the current key, the others open what was wrapped before.
 */
public final class LocalKeys implements KeyService {
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final int KEY = 32;

  private final Map<String, SecretKey> keys;
  private final String current;
  private final SecureRandom random;

  private LocalKeys(Map<String, SecretKey> keys, String current, SecureRandom random) {
    this.keys = keys;
    this.current = current;
    this.random = random;
  }

  /**
   * Reads the keys of a file, which is made with one key, for its owner only, if it is missing.
   *
   * @throws UncheckedIOException if the file cannot be read or written
   * @throws IllegalStateException if it holds something else; the message says what to do
   */
  public static LocalKeys open(Path file) {
    return open(file, new SecureRandom());
  }

  /** The same with a source of keys of the caller's. */
  public static LocalKeys open(Path file, SecureRandom random) {
    try {
      if (Files.notExists(file)) {
        byte[] id = new byte[8];
        byte[] key = new byte[KEY];
        random.nextBytes(id);
        random.nextBytes(key);
        write(
            file,
            HexFormat.of().formatHex(id) + " " + Base64.getEncoder().encodeToString(key) + "\n");
      }
      return parse(file, Files.readAllLines(file, StandardCharsets.US_ASCII), random);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** After a crash there is a whole file, or none. */
  private static void write(Path file, String line) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path folder = Objects.requireNonNull(absolute.getParent(), "a file is in a folder");
    Path fresh = folder.resolve("." + absolute.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer text = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    }
    Files.move(fresh, absolute, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  private static LocalKeys parse(Path file, List<String> lines, SecureRandom random) {
    Map<String, SecretKey> keys = new LinkedHashMap<>();
    String current = "";
    for (String line : lines) {
      String[] parts = line.split(" ", -1);
      byte[] key = parts.length == 2 ? decode(parts[1]) : new byte[0];
      if (key.length != KEY || parts[0].isEmpty()) {
        throw new IllegalStateException(
            "The file "
                + file
                + " is damaged: bring it back from a backup, sealed documents need it.");
      }
      current = parts[0];
      keys.put(current, new SecretKeySpec(key, "AES"));
    }
    if (keys.isEmpty()) {
      throw new IllegalStateException(
          "The file " + file + " is empty: bring it back from a backup, sealed documents need it.");
    }
    return new LocalKeys(keys, current, random);
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
