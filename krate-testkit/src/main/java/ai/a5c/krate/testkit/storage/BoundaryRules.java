package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.ACTOR;
import static ai.a5c.krate.testkit.storage.Bench.SETTINGS;
import static ai.a5c.krate.testkit.storage.Bench.WIDGETS;
import static ai.a5c.krate.testkit.storage.Bench.creation;
import static ai.a5c.krate.testkit.storage.Bench.delete;
import static ai.a5c.krate.testkit.storage.Bench.record;
import static ai.a5c.krate.testkit.storage.Bench.setting;
import static ai.a5c.krate.testkit.storage.Bench.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S10 and S11: the two sides, and what comes with a document. */
public interface BoundaryRules {
  Bench bench();

  @Test
  @DisplayName("S10.1 a key or collection of the other side is not read")
  default void s10_1() {
    var recordsKey = new Key<>(Boundary.Records.RECORDS, SETTINGS, "team", "a");
    var configurationKey = new Key<>(Boundary.Configuration.CONFIGURATION, WIDGETS, "team", "a");

    assertThatThrownBy(() -> bench().records().get(recordsKey))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bench().configuration().get(configurationKey))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bench().records().list(Bench.all(SETTINGS)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bench().configuration().list(Bench.all(WIDGETS)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("S10.2 a document of the other side is not written")
  default void s10_2() {
    var recordsKey = new Key<>(Boundary.Records.RECORDS, SETTINGS, "team", "a");
    var configurationKey = new Key<>(Boundary.Configuration.CONFIGURATION, WIDGETS, "team", "a");

    assertRefused(creation(recordsKey, ""));
    assertRefused(delete(recordsKey, new Revision(1)));
    assertThatThrownBy(() -> bench().configure(creation(configurationKey, "")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bench().configure(delete(configurationKey, new Revision(1))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(bench().records().head()).isEqualTo(Revision.ZERO);
  }

  @Test
  @DisplayName("S10.3 the same place on both sides is two objects, each with its own side")
  default void s10_3() {
    assertThat(bench().records().boundary()).isEqualTo(Boundary.Records.RECORDS);
    assertThat(bench().configuration().boundary()).isEqualTo(Boundary.Configuration.CONFIGURATION);

    bench().committed(creation(record("same"), "record"));
    Bench.applied(bench().configure(creation(setting("same"), "setting")));

    assertThat(bench().records().get(record("same")))
        .get()
        .extracting(StoredObject::key)
        .isEqualTo(record("same"));
    assertThat(bench().configuration().get(setting("same")))
        .get()
        .extracting(StoredObject::key)
        .isEqualTo(setting("same"));
  }

  @Test
  @DisplayName("S11.1 storage version and key id come back with the object")
  default void s11_1() {
    seal("a", Expected.absent(), "v1beta1", "key-1");
    seal("b", Expected.absent(), "v1", null);

    for (StoredObject object :
        List.of(
            bench().records().get(record("a")).orElseThrow(),
            bench().records().list(Bench.all(WIDGETS)).objects().getFirst())) {
      assertThat(object.storageVersion()).isEqualTo("v1beta1");
      assertThat(object.keyId()).isEqualTo("key-1");
    }
    assertThat(bench().records().get(record("b")).orElseThrow().keyId()).isNull();
  }

  @Test
  @DisplayName("S11.2 storage version and key id of every version stay in history")
  default void s11_2() throws Exception {
    StoredObject first = seal("a", Expected.absent(), "v1beta1", "key-1");
    StoredObject second = seal("a", Expected.at(first.revision()), "v1", "key-2");
    StoredObject third = seal("a", Expected.at(second.revision()), "v1", null);

    List<Change> history = bench().history(Revision.ZERO);

    assertThat(history)
        .extracting(change -> keyId(((Change.ObjectChanged) change).object()))
        .containsExactly("key-1", "key-2", null);
    assertThat(history)
        .extracting(change -> keyId(((Change.ObjectChanged) change).previous()))
        .containsExactly(null, "key-1", "key-2");
    assertThat(history)
        .extracting(change -> ((Change.ObjectChanged) change).object().storageVersion())
        .containsExactly("v1beta1", "v1", "v1");
    assertThat(third.keyId()).isNull();
  }

  private StoredObject seal(
      String name, Expected expected, String storageVersion, @Nullable String keyId) {
    var document = new Document(Template.of("content"), storageVersion, keyId);
    return stored(bench().committed(Operation.Put.of(record(name), expected, document)).getFirst());
  }

  private void assertRefused(Operation<Boundary.Records> operation) {
    assertThatThrownBy(() -> bench().records().commit(new Transaction<>(ACTOR, List.of(operation))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static @Nullable String keyId(@Nullable StoredObject object) {
    return object == null ? null : object.keyId();
  }
}
