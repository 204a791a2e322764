package ai.a5c.krate.apiserver.kind;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.core.Namespace;
import org.junit.jupiter.api.Test;

class PublishedDocumentsTest {
  private static final Kinds KINDS = Kinds.ofDeclarations(Namespace.class, Widget.class);
  private static final String PATH = "apis/toys.example.org/v1alpha1";
  private final OpenApi openApi = new OpenApi(KINDS, "Test", "v0");
  private final Discovery discovery = new Discovery(KINDS);

  @Test
  void theOpenApiDocumentIsTheGoldenOne() {
    Golden.assertJson("openapi-widget.json", openApi.document(PATH).orElseThrow().content());
  }

  @Test
  void discoveryIsTheGoldenOne() {
    Golden.assertJson("discovery-core-v2.json", discovery.aggregatedCore("v2"));
    Golden.assertJson("discovery-groups-v2.json", discovery.aggregatedGroups("v2"));
    Golden.assertJson("discovery-groups.json", discovery.groups());
    Golden.assertJson("discovery-versions.json", discovery.versions());
    Golden.assertJson(
        "discovery-resources.json",
        discovery.resources("toys.example.org", "v1alpha1").orElseThrow());
    Golden.assertJson("discovery-group.json", discovery.group("toys.example.org").orElseThrow());
  }

  @Test
  void theReferenceIsTheGoldenOne() {
    Golden.assertText("reference.md", Reference.page(KINDS));
  }

  @Test
  void theOlderDiscoveryDiffersInItsVersionAlone() {
    assertThat(discovery.aggregatedGroups("v2beta1").toString().replace("v2beta1", "v2"))
        .isEqualTo(discovery.aggregatedGroups("v2").toString());
  }

  @Test
  void theIndexPointsToEachDocumentByItsHash() {
    String hash = openApi.document(PATH).orElseThrow().hash();
    assertThat(hash).hasSize(128);
    assertThat(openApi.paths()).containsExactly("api/v1", PATH);
    assertThat(openApi.index().utf8())
        .contains(
            "\"" + PATH + "\":{\"serverRelativeURL\":\"/openapi/v3/" + PATH + "?hash=" + hash);
    assertThat(new OpenApi(KINDS, "Test", "v0").document(PATH).orElseThrow().hash())
        .isEqualTo(hash);
    assertThat(openApi.document("apis/unknown/v1")).isEmpty();
  }

  @Test
  void onlyCoreKindsOfferTheStrategicMergePatchAndNoneServerSideApply() {
    String core = openApi.document("api/v1").orElseThrow().content().utf8();
    String own = openApi.document(PATH).orElseThrow().content().utf8();
    assertThat(core).contains("strategic-merge-patch").doesNotContain("apply-patch");
    assertThat(own).doesNotContain("strategic-merge-patch").doesNotContain("apply-patch");
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertThat(discovery.group("unknown")).isEmpty();
    assertThat(discovery.group("")).isEmpty();
    assertThat(discovery.resources("toys.example.org", "v1")).isEmpty();
  }
}
