import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Verifies the audit trail: {@code kubectl get --raw /apis/krate.a5c.ai/v1alpha1/auditevents | java
 * VerifyTrail.java}. Each entry names the hash of the one before it, and its own hash is the SHA-256 of its bytes with
 * that hash replaced by zeros. Ends with 1 at the first entry that is not as it was written.
 */
class VerifyTrail {
  private static final String ZEROS = "0".repeat(64);

  /** Quotes within a string are escaped, so that no text of an entry looks like this. */
  private static final Pattern ENTRY =
      Pattern.compile(
          "\\{\"apiVersion\":\"krate\\.a5c\\.ai/v1alpha1\",\"kind\":\"AuditEvent\",.*?"
              + "\"previousHash\":\"([0-9a-f]{64})\",\"hash\":\"([0-9a-f]{64})\"}",
          Pattern.DOTALL);

  private static final Pattern REVISION = Pattern.compile("\"resourceVersion\":\"([0-9]+)\"");

  record Entry(long revision, String text, String previous, String hash) {}

  public static void main(String[] arguments) throws IOException, NoSuchAlgorithmException {
    String list = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    List<Entry> entries = entries(list);
    String previous = ZEROS;
    for (Entry entry : entries) {
      if (!entry.previous().equals(previous)) {
        fail(entry, "does not follow the entry before it");
      }
      String unsigned = entry.text().substring(0, entry.text().length() - 66) + ZEROS + "\"}";
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(unsigned.getBytes(StandardCharsets.UTF_8));
      if (!HexFormat.of().formatHex(digest).equals(entry.hash())) {
        fail(entry, "was changed");
      }
      previous = entry.hash();
    }
    if (entries.isEmpty()) {
      System.err.println("there is no entry in what was read");
      System.exit(1);
    }
    System.out.println(entries.size() + " entries, unbroken; the last has the hash " + previous);
  }

  private static List<Entry> entries(String list) {
    List<Entry> entries = new ArrayList<>();
    Matcher entry = ENTRY.matcher(list);
    while (entry.find()) {
      Matcher revision = REVISION.matcher(entry.group());
      if (revision.find()) {
        long at = Long.parseLong(revision.group(1));
        entries.add(new Entry(at, entry.group(), entry.group(1), entry.group(2)));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::revision));
    return entries;
  }

  private static void fail(Entry entry, String why) {
    System.err.println("the entry of revision " + entry.revision() + " " + why);
    System.exit(1);
  }
}
