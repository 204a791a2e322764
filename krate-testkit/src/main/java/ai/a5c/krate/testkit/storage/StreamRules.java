package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.ACTOR;
import static ai.a5c.krate.testkit.storage.Bench.ENTRIES;
import static ai.a5c.krate.testkit.storage.Bench.SETTINGS;
import static ai.a5c.krate.testkit.storage.Bench.append;
import static ai.a5c.krate.testkit.storage.Bench.applied;
import static ai.a5c.krate.testkit.storage.Bench.creation;
import static ai.a5c.krate.testkit.storage.Bench.document;
import static ai.a5c.krate.testkit.storage.Bench.record;
import static ai.a5c.krate.testkit.storage.Bench.rejected;
import static ai.a5c.krate.testkit.storage.Bench.setting;
import static ai.a5c.krate.testkit.storage.Bench.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S4: hash-chained streams. An entry here reads {@code <revision> <previous hash> <hash>}. */
public interface StreamRules {
  String ZEROS = "0".repeat(64);

  Bench bench();

  @Test
  @DisplayName("S4.1 an entry holds the hash of the entry before it, the first holds zeros")
  default void s4_1() {
    var first = entry(bench().committed(append("chain", "a", content(0))).getFirst());
    var both =
        bench().committed(append("chain", "b", content(0)), append("chain", "c", content(1)));

    assertThat(first.previous()).isEqualTo(ZEROS);
    assertThat(entry(both.get(0)).previous()).isEqualTo(first.hash());
    assertThat(entry(both.get(1)).previous()).isEqualTo(entry(both.get(0)).hash());
  }

  @Test
  @DisplayName("S4.2 the hash is the SHA-256 of the document with the hash read as zeros")
  default void s4_2() throws Exception {
    Template twice =
        Template.builder()
            .text("{\"hash\":\"")
            .slot(new Slot.Hash())
            .text("\",\"again\":\"")
            .slot(new Slot.Hash())
            .text("\"}")
            .build();

    var object = stored(bench().committed(append("chain", "a", twice)).getFirst());

    String hash = sha256("{\"hash\":\"" + ZEROS + "\",\"again\":\"" + ZEROS + "\"}");
    assertThat(object.content())
        .isEqualTo(Bytes.utf8("{\"hash\":\"" + hash + "\",\"again\":\"" + hash + "\"}"));
  }

  @Test
  @DisplayName("S4.3 concurrent entries of both sides form one chain in the order of revisions")
  default void s4_3() throws Exception {
    int writers = 8;
    int each = 10;
    List<Integer> unused =
        bench()
            .concurrently(
                writers,
                writer ->
                    () -> {
                      for (int i = 0; i < each; i++) {
                        String name = "w" + writer + "-" + i;
                        applied(
                            writer % 2 == 0
                                ? bench().commit(append("chain", name, content(0)))
                                : bench().configure(append("chain", name, content(0))));
                      }
                      return writer;
                    });

    List<Entry> entries =
        bench().records().list(Bench.all(ENTRIES)).objects().stream()
            .sorted(Comparator.comparing(StoredObject::revision))
            .map(StreamRules::entry)
            .toList();
    assertThat(entries).hasSize(writers * each);
    String previous = ZEROS;
    for (Entry entry : entries) {
      assertThat(entry.previous()).isEqualTo(previous);
      assertThat(entry.hash())
          .isEqualTo(sha256(entry.revision() + " " + entry.previous() + " " + ZEROS));
      previous = entry.hash();
    }
  }

  @Test
  @DisplayName("S4.4 streams know nothing of one another")
  default void s4_4() {
    var one = entry(bench().committed(append("one", "a", content(0))).getFirst());
    var other = entry(bench().committed(append("other", "b", content(0))).getFirst());
    var next = entry(bench().committed(append("one", "c", content(0))).getFirst());

    assertThat(other.previous()).isEqualTo(ZEROS);
    assertThat(next.previous()).isEqualTo(one.hash());
  }

  @Test
  @DisplayName("S4.5 a rejected transaction leaves the chain as it was")
  default void s4_5() {
    bench().created("taken");
    var first = entry(bench().committed(append("chain", "a", content(0))).getFirst());

    rejected(bench().commit(append("chain", "b", content(0)), creation(record("taken"), "")));

    var next = entry(bench().committed(append("chain", "c", content(0))).getFirst());
    assertThat(next.previous()).isEqualTo(first.hash());
  }

  @Test
  @DisplayName("S4.6 an Append of a configuration transaction may be a record, not the reverse")
  default void s4_6() {
    applied(bench().configure(creation(setting("a"), "a"), append("chain", "entry", content(1))));

    var key = new Key<>(Boundary.Records.RECORDS, ENTRIES, "team", "entry");
    assertThat(bench().records().get(key)).get().extracting(StoredObject::key).isEqualTo(key);
    Operation<Boundary.Records> reverse =
        new Operation.Append<>(
            "chain", SETTINGS, "team", Template.of("b"), document(Template.of("b")));
    assertThatThrownBy(() -> bench().records().commit(new Transaction<>(ACTOR, List.of(reverse))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("S4.7 an Append whose name is taken is rejected with what it found")
  default void s4_7() {
    var first = stored(bench().committed(append("chain", "a", content(0))).getFirst());

    var rejected = rejected(bench().commit(append("chain", "a", content(0))));

    assertThat(rejected.why()).isEqualTo(new Mismatch.Found(first));
  }

  /** What a test reads back from an entry. */
  record Entry(String revision, String previous, String hash) {}

  private static Template content(int index) {
    return Template.builder()
        .slot(new Slot.RevisionOf(index))
        .text(" ")
        .slot(new Slot.PreviousHash())
        .text(" ")
        .slot(new Slot.Hash())
        .build();
  }

  private static Entry entry(ai.a5c.krate.spi.storage.CommitOutcome.Applied applied) {
    return entry(stored(applied));
  }

  private static Entry entry(StoredObject object) {
    List<String> words = List.of(object.content().utf8().split(" "));
    assertThat(words).hasSize(3);
    return new Entry(words.get(0), words.get(1), words.get(2));
  }

  private static String sha256(String text) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }
}
