package ai.a5c.krate.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.TestKeys;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Slot;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DocumentsTest {
  private final Documents documents = new Documents(new TestKeys());

  private static ApiObject note(String title) {
    return new ApiObject(
        Json.object()
            .add("metadata", Json.object().add("name", "a").add("namespace", "team"))
            .add("spec", Json.object().add("title", title))
            .build());
  }

  private static JsonObject filled(Document document) {
    return Json.stored(
        document
            .content()
            .fill(
                slot ->
                    switch (slot) {
                      case Slot.RevisionOf(int operation) -> "70" + operation;
                      case Slot.ValueOf(int operation) -> "80" + operation;
                      case Slot.PreviousHash previous -> "p";
                      case Slot.Hash hash -> "h";
                    }));
  }

  @Test
  void completionsBecomeSlotsWhereTheyStand() {
    Document document =
        documents.write(
            House.NOTE,
            note("x"),
            List.of(
                Plan.resourceVersion(3),
                Completion.number(new Slot.ValueOf(1), "status", "number"),
                new Completion(
                    List.of("status", "call"), "no. \"", new Slot.ValueOf(1), "\" \\", false)),
            "a");

    JsonObject filled = filled(document);
    assertThat(filled.getJsonObject("metadata").getString("resourceVersion")).isEqualTo("703");
    assertThat(filled.getJsonObject("status").getInt("number")).isEqualTo(801);
    assertThat(filled.getJsonObject("status").getString("call")).isEqualTo("no. \"801\" \\");
  }

  @Test
  void manyCompletionsAreToldApart() {
    List<Completion> completions = new ArrayList<>();
    IntStream.range(0, 25)
        .forEach(i -> completions.add(Completion.text("", new Slot.ValueOf(i), "status", "m" + i)));

    JsonObject filled = filled(documents.write(House.NOTE, note("x"), completions, "a"));

    IntStream.range(0, 25)
        .forEach(
            i -> assertThat(filled.getJsonObject("status").getString("m" + i)).isEqualTo("80" + i));
  }

  @Test
  void aCompletionStandsWhereTheMemberStoodOrAtTheEnd() {
    var completions = List.of(Completion.number(new Slot.ValueOf(1), "spec", "place", "title"));
    var there =
        Json.object()
            .add("spec", Json.object().add("place", Json.object().add("title", "x").add("b", 1)))
            .add("z", 1)
            .build();
    assertThat(filled(documents.write(House.NOTE, new ApiObject(there), completions, "a")))
        .hasToString("{\"spec\":{\"place\":{\"title\":801,\"b\":1}},\"z\":1}");
    var missing = Json.object().add("spec", 5).add("z", 1).build();
    assertThat(filled(documents.write(House.NOTE, new ApiObject(missing), completions, "a")))
        .hasToString("{\"spec\":{\"place\":{\"title\":801}},\"z\":1}");
  }

  @Property(tries = 200)
  void contentIsNeverChanged(@ForAll String title) {
    JsonObject filled =
        filled(
            documents.write(
                House.NOTE, note(wellFormed(title)), List.of(Plan.resourceVersion(0)), "a"));

    assertThat(filled.getJsonObject("spec").getString("title")).isEqualTo(wellFormed(title));
  }

  /** UTF-8 has no lone surrogates. */
  private static String wellFormed(String text) {
    return new String(
        text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void aSealedDocumentHasNoSlotsAndSaysItsKey() {
    Document document =
        documents.write(House.VAULT, note("hush"), List.of(Plan.resourceVersion(0)), "a");

    assertThat(document.keyId()).isEqualTo("test");
    assertThat(document.content().parts()).hasSize(1);
    assertThat(document.content().fill(slot -> "").utf8()).doesNotContain("hush");
  }

  @Test
  void aSealedObjectCannotBeCompletedByItsCommit() {
    List<Completion> completions =
        List.of(Completion.number(new Slot.ValueOf(0), "status", "number"));

    assertThatThrownBy(() -> documents.write(House.VAULT, note("x"), completions, "a"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> documents.write(House.VAULT, note("x"), List.of(), ""))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
