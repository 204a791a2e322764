package ai.a5c.krate.cli;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.spi.storage.StoredObject;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of the audit trail as it is stored.
 *
 * @param revision its own; 0 if it has none that can be read
 * @param change the revision of what it speaks of, which is never after its own
 * @param previous the hash of the entry before it, as it says
 * @param hash its own, as it says
 * @param intact whether its bytes have the hash that it says
 */
record AuditEntry(
    long revision,
    long change,
    String namespace,
    String name,
    String previous,
    String hash,
    boolean intact) {
  /** What stands for the hash of the entry before the first one. */
  static final String ZEROS = "0".repeat(64);

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern END =
      Pattern.compile("\"previousHash\":\"([0-9a-f]{64})\",\"hash\":\"([0-9a-f]{64})\"}");
  private static final int ENDING = "\"previousHash\":\"\",\"hash\":\"\"}".length() + 2 * 64;
  private static final int TAIL = "\"}".length();

  /** Reads what is stored; what is no entry at all is one that is not intact. */
  static AuditEntry of(byte[] stored) {
    JsonObject json;
    try {
      json = Json.stored(Bytes.owning(stored.clone()));
    } catch (IllegalArgumentException e) {
      return new AuditEntry(0, 0, "", "", "", "", false);
    }
    String hash = JsonTree.textAt(json, "hash");
    return new AuditEntry(
        number(JsonTree.textAt(json, "metadata", "resourceVersion")),
        json.get("revision") instanceof JsonNumber number ? number.longValue() : 0,
        JsonTree.textAt(json, "metadata", "namespace"),
        JsonTree.textAt(json, "metadata", "name"),
        JsonTree.textAt(json, "previousHash"),
        hash,
        HASH.matcher(hash).matches() && hash.equals(hashOf(stored)));
  }

  /**
   * Takes from an entry that the store has just written what follows it, without looking whether it
   * is right: every entry ends with both hashes.
   */
  static AuditEntry trusted(StoredObject stored) {
    byte[] content = stored.content().toArray();
    int from = Math.max(0, content.length - ENDING);
    Matcher end =
        END.matcher(new String(content, from, content.length - from, StandardCharsets.US_ASCII));
    boolean ends = end.matches();
    long revision = stored.revision().value();
    return new AuditEntry(
        revision,
        revision,
        stored.key().namespace(),
        stored.key().name(),
        ends ? end.group(1) : "",
        ends ? end.group(2) : "",
        ends);
  }

  /** For people: where it is, and its revision. */
  String shown() {
    return namespace + "/" + name + " (revision " + revision + ")";
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** The hash of the bytes, in which the hash itself, at the very end, counts as zeros. */
  private static String hashOf(byte[] stored) {
    if (stored.length < ZEROS.length() + TAIL) {
      return "";
    }
    byte[] blank = stored.clone();
    int end = blank.length - TAIL;
    Arrays.fill(blank, end - ZEROS.length(), end, (byte) '0');
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(blank));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
