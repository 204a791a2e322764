package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.apiserver.wire.Negotiation.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NegotiationTest {
  private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
  private static final String OLD_TABLE = "application/json;as=Table;v=v1beta1;g=meta.k8s.io";
  private static final String PARTIAL =
      "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,"
          + "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
  private static final String DISCOVERY_V2 =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  private static final String DISCOVERY_V2BETA1 =
      "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";

  private static Form choose(Answer answer, String... accept) {
    return Negotiation.choose(List.of(accept), answer);
  }

  @ParameterizedTest
  @EnumSource
  void withoutAWishTheAnswerIsJson(Answer answer) {
    assertThat(choose(answer)).isEqualTo(new Form.Plain());
    assertThat(choose(answer, "")).isEqualTo(new Form.Plain());
    assertThat(choose(answer, "*/*")).isEqualTo(new Form.Plain());
    assertThat(choose(answer, "application/*")).isEqualTo(new Form.Plain());
    assertThat(choose(answer, "text/html, application/json;charset=utf-8"))
        .isEqualTo(new Form.Plain());
  }

  @Test
  void kubectlGetsATable() {
    String accept = TABLE + "," + OLD_TABLE + ",application/json";
    assertThat(choose(Answer.LIST, accept)).isEqualTo(new Form.Table("v1"));
    assertThat(choose(Answer.OBJECT, accept)).isEqualTo(new Form.Table("v1"));
    assertThat(choose(Answer.WATCH, accept)).isEqualTo(new Form.Table("v1"));
    assertThat(choose(Answer.DOCUMENT, accept)).isEqualTo(new Form.Plain());
    assertThat(choose(Answer.LIST, OLD_TABLE)).isEqualTo(new Form.Table("v1beta1"));
  }

  @Test
  void clausesMayStandInSeveralHeaders() {
    assertThat(choose(Answer.LIST, "text/plain", TABLE)).isEqualTo(new Form.Table("v1"));
  }

  @Test
  void metadataIsChosenBeforeThePlainJsonThatFollows() {
    assertThat(choose(Answer.OBJECT, PARTIAL)).isEqualTo(new Form.PartialMetadata("v1"));
    assertThat(choose(Answer.WATCH, PARTIAL)).isEqualTo(new Form.PartialMetadata("v1"));
    String list = PARTIAL.replace("ObjectMetadata", "ObjectMetadataList");
    assertThat(choose(Answer.LIST, list)).isEqualTo(new Form.PartialMetadata("v1"));
  }

  @Test
  void aTransformationThatDoesNotExistOfTheAnswerIsPassedOver() {
    assertThat(choose(Answer.LIST, PARTIAL)).isEqualTo(new Form.Plain());
    assertThat(choose(Answer.OBJECT, DISCOVERY_V2 + ",application/json"))
        .isEqualTo(new Form.Plain());
    assertThat(choose(Answer.LIST, TABLE.replace("v1", "v9") + "," + TABLE))
        .isEqualTo(new Form.Table("v1"));
  }

  @Test
  void discoveryIsGivenInTheVersionAskedForAndNoOther() {
    Form v2 = choose(Answer.GROUPS, DISCOVERY_V2 + "," + DISCOVERY_V2BETA1);
    assertThat(v2).isEqualTo(new Form.AggregatedDiscovery("v2"));
    assertThat(v2.contentType()).isEqualTo(DISCOVERY_V2);
    Form beta = choose(Answer.GROUPS, DISCOVERY_V2BETA1 + ",application/json");
    assertThat(beta).isEqualTo(new Form.AggregatedDiscovery("v2beta1"));
    assertThat(beta.contentType()).isEqualTo(DISCOVERY_V2BETA1);
    assertThat(choose(Answer.GROUPS, DISCOVERY_V2.replace("v2", "v3") + ",application/json"))
        .isEqualTo(new Form.Plain());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.kubernetes.protobuf",
        "text/html",
        "application/json;as=Table",
        "application/json;as=Unknown;v=v1;g=meta.k8s.io",
        "application/json;q=0",
        "application/json;stream=watch",
        "garbage"
      })
  void whatCannotBeGivenIsNotAcceptable(String accept) {
    var refusal = refusal(() -> choose(Answer.OBJECT, accept));
    assertThat(refusal.code()).isEqualTo(406);
    assertThat(refusal.reason()).isEqualTo("NotAcceptable");
    assertThat(refusal.message()).contains("application/json");
  }

  @Test
  void aWatchMayAskForItsStream() {
    assertThat(choose(Answer.WATCH, "application/json;stream=watch")).isEqualTo(new Form.Plain());
  }

  @Test
  void weightsAndPrecisionOutrankTheOrder() {
    assertThat(choose(Answer.LIST, "application/json;q=0.5," + TABLE + ";q=0.9"))
        .isEqualTo(new Form.Table("v1"));
    assertThat(choose(Answer.LIST, "*/*," + TABLE)).isEqualTo(new Form.Table("v1"));
    assertThat(choose(Answer.LIST, "application/json," + TABLE)).isEqualTo(new Form.Plain());
  }

  @Test
  void quotesHideDelimiters() {
    String accept = "text/x;note=\"a,application/json;b\"," + TABLE;
    assertThat(choose(Answer.LIST, accept)).isEqualTo(new Form.Table("v1"));
    String escaped = "text/x;note=\"a\\\",application/json;b\"," + TABLE;
    assertThat(choose(Answer.LIST, escaped)).isEqualTo(new Form.Table("v1"));
  }
}
