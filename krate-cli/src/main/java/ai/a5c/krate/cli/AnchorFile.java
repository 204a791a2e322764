package ai.a5c.krate.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Where a data folder keeps the head of the audit trail: {@code audit/head}, a few lines and their
 * HMAC-SHA256 under {@code keys/audit}. Heads that the database no longer had are kept beside it,
 * as {@code audit/lost-REVISION}, until somebody takes them away.
 */
final class AnchorFile {
  private static final int KEY = 32;
  private static final int LARGEST = 4_096;
  private static final int MOST_LOST = 1_000;

  private final Path folder;
  private final SecretKeySpec key;
  private final boolean fresh;

  private AnchorFile(Path folder, byte[] key, boolean fresh) {
    this.folder = folder;
    this.fresh = fresh;
    this.key = new SecretKeySpec(key, "HmacSHA256");
  }

  /** What a file says. */
  sealed interface Found {
    /** There is none. */
    record Missing() implements Found {}

    /** There is one that no server of this data folder wrote. */
    record Broken(Path file) implements Found {}

    /** It is as it was written. */
    record Head(Path file, AnchoredHead head) implements Found {}
  }

  /**
   * The anchor of a data folder that a server holds; the key is made if there is none.
   *
   * @throws StartFailedException if files cannot be read or written
   */
  static AnchorFile open(Path audit, Path keyFile, SecureRandom random) {
    try {
      boolean fresh = Files.notExists(keyFile);
      if (fresh) {
        byte[] key = new byte[KEY];
        random.nextBytes(key);
        String line = HexFormat.of().formatHex(key) + "\n";
        DurableFile.writeSecret(keyFile, line.getBytes(StandardCharsets.US_ASCII));
      }
      return new AnchorFile(audit, key(keyFile), fresh);
    } catch (IOException e) {
      throw new StartFailedException("The key in " + keyFile + " cannot be used: " + e, e);
    }
  }

  /** The anchor of a data folder, to be read only. */
  static AnchorFile read(Path audit, Path keyFile) throws IOException {
    return new AnchorFile(audit, key(keyFile), false);
  }

  private static byte[] key(Path file) throws IOException {
    try {
      byte[] key = HexFormat.of().parseHex(Files.readString(file).strip());
      if (key.length == KEY) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      // The same as a key of another length.
    }
    throw new IOException(file + " holds no key: bring it back from a backup");
  }

  /** Whether there never was a head here: the key has only just been made. */
  boolean isFresh() {
    return fresh;
  }

  /** The head that was written last. */
  Found head() throws IOException {
    return read(folder.resolve("head"));
  }

  /** The heads that the database did not have when a server looked. */
  List<Found> lost() throws IOException {
    List<Found> lost = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file :
            files
                .filter(f -> f.getFileName().toString().startsWith("lost-"))
                .sorted()
                .limit(MOST_LOST)
                .toList()) {
          lost.add(read(file));
        }
      }
    }
    return lost;
  }

  /** Replaces the head; after a crash there is the old one or the new. */
  void write(AnchoredHead head) throws IOException {
    DurableFile.writeSecret(folder.resolve("head"), signed(head).getBytes(StandardCharsets.UTF_8));
  }

  /** Keeps a head that the database does not have. */
  Path keepLost(AnchoredHead head) throws IOException {
    Path file = folder.resolve("lost-" + head.revision());
    DurableFile.writeSecret(file, signed(head).getBytes(StandardCharsets.UTF_8));
    return file;
  }

  /** Keeps a head file that no server wrote. */
  Path keepBroken(long time) throws IOException {
    Path file = folder.resolve("lost-broken-" + time);
    Files.move(folder.resolve("head"), file);
    DurableFile.force(folder);
    return file;
  }

  private Found read(Path file) throws IOException {
    if (Files.notExists(file)) {
      return new Found.Missing();
    }
    if (Files.size(file) > LARGEST) {
      return new Found.Broken(file);
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    int mac = text.lastIndexOf("mac ");
    if (mac < 0) {
      return new Found.Broken(file);
    }
    String body = text.substring(0, mac);
    byte[] said = text.substring(mac).getBytes(StandardCharsets.UTF_8);
    byte[] right = mac(body).getBytes(StandardCharsets.UTF_8);
    Optional<AnchoredHead> head = AnchoredHead.parse(body);
    return head.isPresent() && MessageDigest.isEqual(said, right)
        ? new Found.Head(file, head.get())
        : new Found.Broken(file);
  }

  private String signed(AnchoredHead head) {
    return head.text() + mac(head.text());
  }

  private String mac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      byte[] code = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
      return "mac " + HexFormat.of().formatHex(code) + "\n";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
    }
  }
}
