package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.CORE;
import static ai.a5c.krate.apiserver.wire.Samples.WIDGET;
import static ai.a5c.krate.apiserver.wire.Samples.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BodyTypeTest {
  @Test
  void aBodyWithoutATypeIsJson() {
    assertThat(BodyType.of(List.of(), BodyType.ofObjects(WIDGET))).isEqualTo(BodyType.JSON);
    assertThat(BodyType.of(List.of(" "), BodyType.ofObjects(WIDGET))).isEqualTo(BodyType.JSON);
  }

  @Test
  void parametersAndCaseSayNothing() {
    assertThat(
            BodyType.of(
                List.of("Application/Merge-Patch+JSON; charset=UTF-8"), BodyType.ofPatches(WIDGET)))
        .isEqualTo(BodyType.MERGE_PATCH);
  }

  @Test
  void onlyCoreKindsTakeProtobufAndStrategicMergePatches() {
    String protobuf = "application/vnd.kubernetes.protobuf";
    assertThat(BodyType.of(List.of(protobuf), BodyType.ofObjects(CORE)))
        .isEqualTo(BodyType.PROTOBUF);
    assertThat(refusal(() -> BodyType.of(List.of(protobuf), BodyType.ofObjects(WIDGET))).reason())
        .isEqualTo("UnsupportedMediaType");
    String strategic = "application/strategic-merge-patch+json";
    assertThat(BodyType.of(List.of(strategic), BodyType.ofPatches(CORE)))
        .isEqualTo(BodyType.STRATEGIC_MERGE_PATCH);
    assertThat(refusal(() -> BodyType.of(List.of(strategic), BodyType.ofPatches(WIDGET))).message())
        .isEqualTo(
            "the body of the request was in an unknown format - accepted media types include: "
                + "application/json-patch+json, application/merge-patch+json");
  }

  @Test
  void whatIsNotUnderstoodIsRefused() {
    for (String type :
        List.of("application/apply-patch+yaml", "application/json", "garbage", "/")) {
      assertThat(refusal(() -> BodyType.of(List.of(type), BodyType.ofPatches(CORE))).code())
          .isEqualTo(415);
    }
  }
}
