package ai.a5c.krate.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares the audit trail with its own hashes and with the anchors of the data folder.
 *
 * <p>Entries are added one by one, in the order of a list. Of each, its place and halves of its
 * hashes are kept, about 80 bytes: half a hash, 128 bits, is as good as all of it to tell which
 * entry follows which. What is wrong with the bytes of an entry is found when it is added. Used by
 * one thread.
 */
final class TrailCheck {
  /** The most entries that are checked: what fits into the launcher's memory. */
  static final int MOST = 4_000_000;

  private static final int MOST_FINDINGS = 100;

  private final History history;
  private final List<String> findings = new ArrayList<>();
  private final List<String> namespaces = new ArrayList<>();
  private final Map<String, Integer> namespaceNumbers = new HashMap<>();
  private int count;
  private long[] revisions = new long[1024];
  private long[] changes = new long[1024];
  private long[] hashes = new long[2 * 1024];
  private long[] previous = new long[2 * 1024];
  private int[] namespace = new int[1024];
  private String[] prefixes = new String[1024];
  private boolean[] altered = new boolean[1024];
  private @Nullable AuditEntry beforeLast;
  private @Nullable AuditEntry last;
  private String sharedPrefix = "";

  /** What the server still knows of entries that are no longer there. */
  @FunctionalInterface
  interface History {
    /** The entries with revisions between these two, as people are shown them; may be empty. */
    List<String> between(long after, long before);
  }

  TrailCheck(History history) {
    this.history = history;
  }

  /** What came of it. */
  record Verdict(long entries, List<String> findings, long anchored, long newest) {
    Verdict {
      findings = List.copyOf(findings);
    }
  }

  /**
   * Adds the next entry of the list.
   *
   * @throws IllegalStateException if there are more than {@link #MOST}
   */
  void add(byte[] stored) {
    AuditEntry entry = AuditEntry.of(stored);
    if (count == MOST) {
      throw new IllegalStateException("more than " + MOST + " entries");
    }
    grow();
    revisions[count] = entry.revision();
    changes[count] = entry.change();
    put(hashes, entry.hash());
    put(previous, entry.previous());
    namespace[count] = number(entry.namespace());
    prefixes[count] = prefix(entry);
    altered[count] = !entry.intact();
    if (!entry.intact()) {
      found(
          entry.shown()
              + " was altered: what it says does not have the hash that was made when it was"
              + " written");
    }
    count++;
    inPlace(entry);
  }

  /** The list is in the order of namespaces and names, and so must be what stands in it. */
  private void inPlace(AuditEntry entry) {
    AuditEntry one = last;
    AuditEntry two = beforeLast;
    if (one != null && compare(one, entry) >= 0) {
      AuditEntry wrong = two == null || compare(two, entry) < 0 ? one : entry;
      found(wrong.shown() + " was reordered: it is stored in the place of another entry");
    }
    beforeLast = one;
    last = entry;
  }

  private static int compare(AuditEntry one, AuditEntry other) {
    int namespaces = one.namespace().compareTo(other.namespace());
    return namespaces != 0 ? namespaces : one.name().compareTo(other.name());
  }

  /** Follows the chain, once all entries are there. */
  Verdict verdict(AnchoredHead anchor, List<AnchoredHead> lost) {
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparingLong(i -> revisions[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    chain(order);
    anchored(order, anchor, "");
    for (AnchoredHead head : lost) {
      if (head.count() > 0) {
        anchored(order, head, ", which a server of this data folder missed at " + head.time());
      }
    }
    long newest = count == 0 ? 0 : revisions[order[count - 1]];
    return new Verdict(count, findings, anchor.revision(), newest);
  }

  private void chain(int[] order) {
    for (int i = 0; i < order.length; i++) {
      boolean follows = i == 0 ? isZero(order[0]) : isHash(order[i], order[i - 1]);
      if (!follows) {
        broken(order, i);
      }
    }
  }

  /** Finds out what happened before an entry that does not follow the one before it. */
  private void broken(int[] order, int i) {
    int entry = order[i];
    Optional<Integer> predecessor = isZero(entry) ? Optional.of(-1) : predecessor(order, entry);
    if (predecessor.isPresent() && predecessor.get() < i) {
      for (int j = predecessor.get() + 1; j < i; j++) {
        // What is linked to what was inserted was inserted with it.
        found(shown(order[j]) + " was inserted: no entry after it follows it");
      }
    } else if (predecessor.isPresent()) {
      found(
          shown(entry)
              + " was reordered: it follows the entry "
              + shown(order[predecessor.get()])
              + ", which comes after it");
    } else if ((i > 0 && altered[order[i - 1]]) || altered[entry]) {
      return; // That is what is wrong, and has been said.
    } else if (i > 0 && changes[entry] == revisions[order[i - 1]] + 1) {
      found(
          shown(order[i - 1])
              + " was altered, and its hash made anew: the entry after it names another one");
    } else {
      removed(i == 0 ? -1 : order[i - 1], entry);
    }
  }

  private void removed(int before, int entry) {
    String where =
        "between " + (before < 0 ? "the beginning" : shown(before)) + " and " + shown(entry);
    List<String> known =
        before < 0 ? List.of() : history.between(revisions[before], revisions[entry]);
    if (known.isEmpty()) {
      found(
          "an entry was removed "
              + where
              + ": the last one of them had a hash that begins with "
              + hex(previous, entry)
              + (before < 0
                  ? ""
                  : "; or " + shown(before) + " was altered, and its hash made anew"));
    }
    known.forEach(name -> found(name + " was removed " + where));
  }

  private void anchored(int[] order, AnchoredHead head, String which) {
    if (head.count() == 0) {
      return;
    }
    int upTo = 0;
    int found = -1;
    for (int entry : order) {
      if (revisions[entry] <= head.revision()) {
        upTo++;
      }
      if (revisions[entry] == head.revision() && shown(entry).equals(head.shown())) {
        found = entry;
      }
    }
    boolean later = count > 0 && revisions[order[count - 1]] > head.revision();
    String named = "the entry that was anchored at " + head.time() + ", " + head.shown() + which;
    if (found < 0 && later) {
      found(named + ", was removed");
    } else if (found < 0) {
      found(
          named
              + ", is missing: the end of the trail was cut off, "
              + (head.count() - upTo)
              + " of "
              + head.count()
              + " entries, or an older backup of the database was restored. The last one that is"
              + " there is "
              + (count == 0 ? "none" : shown(order[count - 1])));
    } else if (!hex(hashes, found).equals(head.hash().substring(0, 32))) {
      found(named + ", has another hash: the trail up to it was written anew");
    } else if (upTo != head.count() && findings.isEmpty()) {
      found(named + ", was number " + head.count() + " and is number " + upTo);
    }
  }

  private Optional<Integer> predecessor(int[] order, int entry) {
    for (int j = 0; j < order.length; j++) {
      if (isHash(entry, order[j])) {
        return Optional.of(j);
      }
    }
    return Optional.empty();
  }

  /** Whether the entry names the hash of the other one as the one before it. */
  private boolean isHash(int entry, int other) {
    return previous[2 * entry] == hashes[2 * other]
        && previous[2 * entry + 1] == hashes[2 * other + 1];
  }

  private boolean isZero(int entry) {
    return previous[2 * entry] == 0 && previous[2 * entry + 1] == 0;
  }

  private String shown(int entry) {
    return namespaces.get(namespace[entry])
        + "/"
        + prefixes[entry]
        + revisions[entry]
        + " (revision "
        + revisions[entry]
        + ")";
  }

  private void found(String finding) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(finding);
    } else if (findings.size() == MOST_FINDINGS) {
      findings.add("and more");
    }
  }

  /** A name is a time and the revision; entries of one second share the time's text. */
  private String prefix(AuditEntry entry) {
    String end = Long.toString(entry.revision());
    String prefix =
        entry.name().endsWith(end)
            ? entry.name().substring(0, entry.name().length() - end.length())
            : entry.name();
    if (!prefix.equals(sharedPrefix)) {
      sharedPrefix = prefix;
    }
    return sharedPrefix;
  }

  private int number(String of) {
    return namespaceNumbers.computeIfAbsent(
        of,
        name -> {
          namespaces.add(name);
          return namespaces.size() - 1;
        });
  }

  private void put(long[] to, String hash) {
    boolean whole = hash.matches("[0-9a-f]{64}");
    to[2 * count] = whole ? HexFormat.fromHexDigitsToLong(hash, 0, 16) : -1;
    to[2 * count + 1] = whole ? HexFormat.fromHexDigitsToLong(hash, 16, 32) : -1;
  }

  private static String hex(long[] of, int entry) {
    var hex = HexFormat.of();
    return hex.toHexDigits(of[2 * entry]) + hex.toHexDigits(of[2 * entry + 1]);
  }

  private void grow() {
    if (count == revisions.length) {
      int more = 2 * count;
      revisions = Arrays.copyOf(revisions, more);
      changes = Arrays.copyOf(changes, more);
      hashes = Arrays.copyOf(hashes, 2 * more);
      previous = Arrays.copyOf(previous, 2 * more);
      namespace = Arrays.copyOf(namespace, more);
      prefixes = Arrays.copyOf(prefixes, more);
      altered = Arrays.copyOf(altered, more);
    }
  }
}
