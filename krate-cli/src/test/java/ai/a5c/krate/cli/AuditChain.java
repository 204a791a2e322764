package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The audit trail, computed again from what the API shows: each entry names the hash before it, and
 * its own is the SHA-256 of the stored document in which its hash is read as 64 zeros.
 */
record AuditChain(List<Entry> entries) {
  private static final String ZEROS = "0".repeat(64);

  /** An entry, with the bytes as they are stored. */
  record Entry(String stored, JsonObject json) {
    long order() {
      String name = Api.text(json, "metadata", "name");
      return Long.parseLong(name.substring(name.lastIndexOf('-') + 1));
    }
  }

  /** Reads the whole trail. */
  static AuditChain read(Api api) {
    String list = api.get(Api.RECORDS + "/auditevents").expect(200).text();
    List<Entry> entries = new ArrayList<>();
    for (String item : items(list)) {
      entries.add(new Entry(item, Api.parse(item)));
    }
    entries.sort(Comparator.comparingLong(Entry::order));
    return new AuditChain(entries);
  }

  /** Fails unless every hash is right and the chain has no hole and no branch. */
  void verify() {
    assertThat(entries).isNotEmpty();
    String previous = ZEROS;
    for (Entry entry : entries) {
      String hash = Api.text(entry.json(), "hash");
      assertThat(Api.text(entry.json(), "previousHash")).as(entry.stored()).isEqualTo(previous);
      assertThat(sha256(entry.stored().replace("\"" + hash + "\"", "\"" + ZEROS + "\"")))
          .as(entry.stored())
          .isEqualTo(hash);
      previous = hash;
    }
  }

  /** How many entries say that this was done. */
  Map<String, Integer> countByVerb() {
    Map<String, Integer> counts = new TreeMap<>();
    entries.forEach(entry -> counts.merge(entry.json().getString("verb"), 1, Integer::sum));
    return counts;
  }

  /** Cuts a list into its items without reading and printing them again. */
  private static List<String> items(String list) {
    int start = list.indexOf("\"items\":[");
    assertThat(start).isPositive();
    List<String> items = new ArrayList<>();
    int depth = 0;
    int begin = 0;
    boolean quoted = false;
    for (int i = start + 9; i < list.length(); i++) {
      char c = list.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{') {
        begin = depth++ == 0 ? i : begin;
      } else if (c == '}' && --depth == 0) {
        items.add(list.substring(begin, i + 1));
      } else if (c == ']' && depth == 0) {
        break;
      }
    }
    return items;
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
