package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.cli.TrailTable.Row;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class TrailCheckTest {
  private static final Instant NOW = Instant.parse("2026-11-21T07:00:00Z");

  /** What somebody does to a trail. */
  private enum Deed {
    ALTER,
    ALTER_AND_HASH,
    REMOVE,
    INSERT,
    CUT,
    SWAP
  }

  private static List<Row> trail(int length) {
    List<Row> rows = new ArrayList<>();
    String previous = AuditEntry.ZEROS;
    for (int i = 0; i < length; i++) {
      // Of every three revisions one is free, and one is a change's.
      long revision = 3L * i + 3;
      String namespace = "ns-" + i % 4;
      String name = "20261121t0700%02d-%d".formatted(i / 2 % 60, revision);
      String text =
          "{\"metadata\":{\"namespace\":\"%s\",\"name\":\"%s\",\"resourceVersion\":\"%d\"},\"what\":\"a\","
                  .formatted(namespace, name, revision)
              + "\"revision\":%d,\"previousHash\":\"%s\",\"hash\":\"%s\"}"
                  .formatted(revision - 1, previous, AuditEntry.ZEROS);
      Row row = new Row(revision, namespace, name, "").forged(text);
      previous = row.hash();
      rows.add(row);
    }
    return rows;
  }

  private static AnchoredHead anchor(List<Row> rows) {
    Row last = rows.getLast();
    return new AnchoredHead(
        last.revision(), last.namespace(), last.name(), last.hash(), rows.size(), NOW);
  }

  /** What a list of these rows makes of the check: they are stored by namespace and name. */
  private static TrailCheck.Verdict verdict(List<Row> rows, AnchoredHead anchor) {
    TrailCheck check = new TrailCheck((after, before) -> List.of());
    rows.stream()
        .sorted(Comparator.comparing(Row::namespace).thenComparing(Row::name))
        .forEach(row -> check.add(row.content().getBytes(StandardCharsets.UTF_8)));
    return check.verdict(anchor, List.of());
  }

  @Property(tries = 50)
  void whatNobodyTouchedIsUnbroken(@ForAll @IntRange(min = 1, max = 200) int length) {
    List<Row> rows = trail(length);

    TrailCheck.Verdict verdict = verdict(rows, anchor(rows));

    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.entries()).isEqualTo(length);
    assertThat(verdict.newest()).isEqualTo(rows.getLast().revision());
  }

  @Property(tries = 500)
  void whateverSomebodyDoesTheEntryIsNamed(
      @ForAll Deed deed,
      @ForAll @IntRange(min = 5, max = 80) int length,
      @ForAll @IntRange(max = 1000) int where) {
    List<Row> rows = trail(length);
    AnchoredHead anchor = anchor(rows);
    int i = where % (length - 2) + 1;
    Row row = rows.get(i);
    String altered = row.content().replace("\"what\":\"a\"", "\"what\":\"b\"");
    String named = row.shown();
    switch (deed) {
      case ALTER -> rows.set(i, new Row(row.revision(), row.namespace(), row.name(), altered));
      case ALTER_AND_HASH -> rows.set(i, row.forged(altered));
      case REMOVE -> {
        rows.remove(i);
        named = rows.get(i).shown();
      }
      case INSERT -> {
        rows.add(row.next(row.revision() + 1));
        named = rows.getLast().shown();
      }
      case CUT -> {
        rows.subList(i, length).clear();
        named = anchor.shown();
      }
      case SWAP -> {
        // Two rows exchange their places, not what they say.
        Row other = rows.get(i - 1);
        rows.set(i, new Row(row.revision(), other.namespace(), other.name(), row.content()));
        rows.set(i - 1, new Row(other.revision(), row.namespace(), row.name(), other.content()));
      }
    }

    TrailCheck.Verdict verdict = verdict(rows, anchor);

    assertThat(String.join("\n", verdict.findings())).as("%s of %s", deed, row).contains(named);
  }

  @Example
  void aTrailThatWasWrittenAnewIsNotTheAnchoredOne() {
    List<Row> rows = trail(20);
    AnchoredHead anchor = anchor(rows);
    List<Row> forged = new ArrayList<>(rows.subList(0, 10));
    for (int i = 10; i < 20; i++) {
      Row row = rows.get(i);
      String text =
          row.content()
              .replace("\"what\":\"a\"", "\"what\":\"b\"")
              .replaceFirst(
                  "\"previousHash\":\"[0-9a-f]{64}",
                  "\"previousHash\":\"" + forged.getLast().hash());
      forged.add(row.forged(text));
    }

    assertThat(verdict(forged, anchor).findings())
        .singleElement()
        .asString()
        .contains(anchor.shown(), "has another hash: the trail up to it was written anew");
  }

  @Example
  void whatIsNoEntryIsNamedAsAltered() {
    TrailCheck check = new TrailCheck((after, before) -> List.of());
    check.add(
        "{\"metadata\":{\"namespace\":\"a\",\"name\":\"b\"}}".getBytes(StandardCharsets.UTF_8));

    assertThat(check.verdict(AnchoredHead.empty(NOW), List.of()).findings())
        .anySatisfy(finding -> assertThat(finding).contains("a/b", "was altered"));
  }

  @Example
  void aHeadIsReadAsItWasWritten() {
    AnchoredHead head = anchor(trail(3));

    assertThat(AnchoredHead.parse(head.text())).contains(head);
    assertThat(AnchoredHead.parse(AnchoredHead.empty(NOW).text()))
        .contains(AnchoredHead.empty(NOW));
    assertThat(AnchoredHead.parse(head.text().replace("count 3", "count +3"))).isEmpty();
    assertThat(AnchoredHead.parse(head.text() + "\n")).isEmpty();
    assertThat(AnchoredHead.parse("")).isEmpty();
  }
}
