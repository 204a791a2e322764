package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.ENTRIES;
import static ai.a5c.krate.testkit.storage.Bench.REPOSITORY;
import static ai.a5c.krate.testkit.storage.Bench.WIDGETS;
import static ai.a5c.krate.testkit.storage.Bench.add;
import static ai.a5c.krate.testkit.storage.Bench.commitId;
import static ai.a5c.krate.testkit.storage.Bench.creation;
import static ai.a5c.krate.testkit.storage.Bench.document;
import static ai.a5c.krate.testkit.storage.Bench.record;
import static ai.a5c.krate.testkit.storage.Bench.rejected;
import static ai.a5c.krate.testkit.storage.Bench.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Template;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S3: what only the committer can complete. */
public interface SlotRules {
  Bench bench();

  @Test
  @DisplayName("S3.1 a document holds the revisions of any operation of its transaction")
  default void s3_1() {
    Revision before = bench().created("old");
    List<Applied> applied =
        bench()
            .committed(
                add("n", 1, 9),
                put("one", twoRevisions(1, 2)),
                new Operation.Delete<>(record("old"), before, document(twoRevisions(2, 1))));

    assertThat(stored(applied.get(1)).content()).isEqualTo(Bytes.utf8("{2,3}"));
    assertThat(stored(applied.get(2)).content()).isEqualTo(Bytes.utf8("{3,2}"));
  }

  @Test
  @DisplayName("S3.2 a document holds the values of counters, each as of its own Add")
  default void s3_2() {
    Template values =
        Template.builder().slot(new Slot.ValueOf(0)).text("/").slot(new Slot.ValueOf(2)).build();

    List<Applied> applied = bench().committed(add("n", 4, 99), put("one", values), add("n", 3, 99));

    assertThat(stored(applied.get(1)).content()).isEqualTo(Bytes.utf8("4/7"));
  }

  @Test
  @DisplayName("S3.3 names of documents and refs hold values of counters")
  default void s3_3() {
    Template name = Template.builder().text("web-").slot(new Slot.ValueOf(0)).build();
    Template ref =
        Template.builder().text("refs/pull/").slot(new Slot.ValueOf(0)).text("/head").build();

    for (int number = 1; number <= 3; number++) {
      bench()
          .committed(
              add("numbers", 1, 100),
              new Operation.Put<>(
                  Boundary.Records.RECORDS, WIDGETS, "team", name, Expected.absent(), document("")),
              new Operation.MoveRef(REPOSITORY, ref, null, commitId(number)));
    }

    assertThat(bench().records().list(Bench.all(WIDGETS)).objects())
        .extracting(object -> object.key().name())
        .containsExactly("web-1", "web-2", "web-3");
    assertThat(bench().records().ref(REPOSITORY, new RefName("refs/pull/2/head")))
        .contains(commitId(2));
  }

  @Test
  @DisplayName("S3.4 the name of an Append holds revisions")
  default void s3_4() {
    bench().created("one");
    Template name = Template.builder().text("at-").slot(new Slot.RevisionOf(1)).build();

    List<Applied> applied =
        bench()
            .committed(
                creation(record("two"), ""),
                new Operation.Append<>("chain", ENTRIES, "team", name, document("entry")));

    assertThat(stored(applied.get(1)).key().name()).isEqualTo("at-3");
  }

  @Test
  @DisplayName("S3.5 a slot that names no operation with such a value is refused")
  default void s3_5() {
    for (Slot slot :
        List.of(
            new Slot.RevisionOf(0), // an Add
            new Slot.ValueOf(1), // a Put
            new Slot.RevisionOf(2), // nothing
            new Slot.ValueOf(-1))) {
      Template content = Template.builder().slot(slot).build();
      assertThatThrownBy(() -> bench().commit(add("n", 1, 9), put("one", content)))
          .as(slot.toString())
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(bench().records().counter("n")).isZero();
  }

  @Test
  @DisplayName("S3.6 a slot where the store could not fill it is refused")
  default void s3_6() {
    Template numbered = Template.builder().slot(new Slot.ValueOf(0)).build();
    Template positioned = Template.builder().slot(new Slot.RevisionOf(1)).build();
    Template hashed = Template.builder().slot(new Slot.Hash()).build();

    assertRefused(named(numbered, Expected.at(new Revision(1))));
    assertRefused(named(positioned, Expected.absent()));
    assertRefused(put("one", hashed));
    assertRefused(new Operation.MoveRef(REPOSITORY, positioned, null, commitId(1)));
  }

  @Test
  @DisplayName("S3.7 sealed content with slots is refused")
  default void s3_7() {
    var sealed =
        new Document(Template.builder().slot(new Slot.RevisionOf(1)).build(), "v1", "key-1");

    assertRefused(Operation.Put.of(record("one"), Expected.absent(), sealed));
  }

  @Test
  @DisplayName("S3.8 a completed name that is taken rejects the transaction")
  default void s3_8() {
    Revision taken = bench().created("7");
    Template name = Template.builder().slot(new Slot.ValueOf(0)).build();

    var rejected = rejected(bench().commit(add("n", 7, 9), named(name, Expected.absent())));

    assertThat(rejected.operation()).isEqualTo(1);
    assertThat(((Mismatch.Found) rejected.why()).current())
        .isNotNull()
        .satisfies(found -> assertThat(found.revision()).isEqualTo(taken));
    assertThat(bench().records().counter("n")).isZero();
  }

  private void assertRefused(Operation<Boundary.Records> operation) {
    assertThatThrownBy(() -> bench().commit(add("n", 1, 9), operation))
        .as(operation.toString())
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(bench().records().head()).isEqualTo(Revision.ZERO);
  }

  private static Operation<Boundary.Records> named(Template name, Expected expected) {
    return new Operation.Put<>(
        Boundary.Records.RECORDS, WIDGETS, "team", name, expected, document(""));
  }

  private static Operation<Boundary.Records> put(String name, Template content) {
    return Operation.Put.of(record(name), Expected.absent(), document(content));
  }

  private static Template twoRevisions(int one, int other) {
    return Template.builder()
        .text("{")
        .slot(new Slot.RevisionOf(one))
        .text(",")
        .slot(new Slot.RevisionOf(other))
        .text("}")
        .build();
  }
}
