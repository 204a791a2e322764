package ai.a5c.krate.apiserver.kind;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecoderTest {
  private static final Kind WIDGET = KindReader.read(Widget.class);

  @Test
  void unknownMembersAreLeftOutAndToldByTheirPath() {
    Decoded decoded =
        decode(
            """
            {"kind":"Widget","apiVersion":"toys.example.org/v1alpha1","extra":1,
             "metadata":{"name":"a","nmae":"b","ownerReferences":[{"uid":"u","color":"red"}]},
             "spec":{"title":"t","titel":"t","parts":[{"name":"p","cuont":1}],"place":{"room":1},
                     "notes":{"free":"x"},"extra":{"any":{"thing":null}}}}
            """);
    assertThat(decoded.unknown())
        .containsExactly(
            "extra",
            "metadata.nmae",
            "metadata.ownerReferences[0].color",
            "spec.titel",
            "spec.parts[0].cuont",
            "spec.place.room");
    assertThat(decoded.object().toString())
        .isEqualTo(
            "{\"apiVersion\":\"toys.example.org/v1alpha1\",\"kind\":\"Widget\","
                + "\"metadata\":{\"name\":\"a\",\"ownerReferences\":[{\"uid\":\"u\"}]},"
                + "\"spec\":{\"title\":\"t\",\"colour\":\"DarkRed\",\"count\":1,\"lasts\":\"1m30s\","
                + "\"parts\":[{\"name\":\"p\",\"count\":1}],\"notes\":{\"free\":\"x\"},"
                + "\"extra\":{\"any\":{\"thing\":null}},\"place\":{\"shelf\":7}}}");
  }

  @Test
  void faultsAreSaidAsKubernetesSaysThem() {
    var parsed = Json.parse(Bytes.utf8("{\"spec\":{\"count\":1,\"count\":2,\"x\":3}}"), 99);
    assertThat(Decoder.decode(WIDGET, parsed).faults())
        .containsExactly("unknown field \"spec.x\"", "duplicate field \"spec.count\"");
  }

  @Test
  void nullsAreAbsent() {
    JsonObject object =
        decode(
                "{\"metadata\":{\"creationTimestamp\":null},"
                    + "\"spec\":{\"title\":null,\"colour\":null,\"notes\":{\"a\":null}},\"status\":null}")
            .object();
    assertThat(object.getJsonObject("metadata")).isEmpty();
    assertThat(object.getJsonObject("spec"))
        .doesNotContainKey("title")
        .containsEntry("colour", Json.text("DarkRed"));
    assertThat(object.getJsonObject("spec").getJsonObject("notes")).isEmpty();
    assertThat(object).doesNotContainKey("status");
  }

  @Test
  void wholeNumbersLoseTheirDecimalPointAndWrongTypesStay() {
    JsonObject spec =
        decode("{\"spec\":{\"count\":2.0,\"weight\":1.5,\"broken\":\"yes\",\"parts\":{\"a\":1}}}")
            .object()
            .getJsonObject("spec");
    assertThat(spec.get("count")).hasToString("2");
    assertThat(spec.get("weight")).hasToString("1.5");
    assertThat(spec.get("broken")).hasToString("\"yes\"");
    assertThat(spec.get("parts")).hasToString("{\"a\":1}");
  }

  @Test
  void aThousandUnknownMembersAreNotAllTold() {
    var spec = Json.object();
    for (int i = 0; i < 1000; i++) {
      spec.add("x" + i, i);
    }
    var object = Json.object().add("spec", spec).build();
    assertThat(Decoder.decode(WIDGET, object, List.of()).unknown()).hasSize(100);
  }

  private static Decoded decode(String text) {
    return Decoder.decode(WIDGET, Json.parse(Bytes.utf8(text), 1 << 16));
  }
}
