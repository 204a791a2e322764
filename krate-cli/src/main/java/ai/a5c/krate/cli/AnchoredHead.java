package ai.a5c.krate.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The newest entry of the audit trail that this data folder knows of.
 *
 * @param revision of the entry
 * @param count how many entries the trail has up to it, itself included; 0 if it has none at all,
 *     and then nothing else is said
 * @param time when it was anchored
 */
record AnchoredHead(
    long revision, String namespace, String name, String hash, long count, Instant time) {
  private static final String FORM = "krate-audit-head 1";

  /** A trail that has no entry yet. */
  static AnchoredHead empty(Instant time) {
    return new AnchoredHead(0, "", "", AuditEntry.ZEROS, 0, time);
  }

  /** The head of a trail that has one more entry. */
  AnchoredHead then(AuditEntry entry, Instant at) {
    return new AnchoredHead(
        entry.revision(), entry.namespace(), entry.name(), entry.hash(), count + 1, at);
  }

  /** For people: where the entry is, and its revision. */
  String shown() {
    return namespace + "/" + name + " (revision " + revision + ")";
  }

  /** A line for each thing, in this order. */
  String text() {
    return String.join(
        "\n",
        FORM,
        "revision " + revision,
        "entry " + namespace + "/" + name,
        "hash " + hash,
        "count " + count,
        "time " + time,
        "");
  }

  /** Reads what {@link #text} wrote; empty if it is anything else. */
  static Optional<AnchoredHead> parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.size() != 6 || !lines.getFirst().equals(FORM)) {
      return Optional.empty();
    }
    try {
      String[] entry = value(lines.get(2), "entry").split("/", 2);
      return Optional.of(
              new AnchoredHead(
                  Long.parseLong(value(lines.get(1), "revision")),
                  entry[0],
                  entry.length == 2 ? entry[1] : "",
                  value(lines.get(3), "hash"),
                  Long.parseLong(value(lines.get(4), "count")),
                  Instant.parse(value(lines.get(5), "time"))))
          .filter(head -> head.text().equals(text));
    } catch (NumberFormatException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String value(String line, String name) {
    return line.startsWith(name + " ") ? line.substring(name.length() + 1) : "";
  }
}
