package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathSegmentsTest {
  @Test
  void segmentsAreDecodedOneByOne() {
    assertThat(PathSegments.parse("/apis/example.org/v1/namespaces/a%20b+c/widgets").segments())
        .containsExactly("apis", "example.org", "v1", "namespaces", "a b+c", "widgets");
  }

  @Test
  void theRootHasNoSegmentsAndASlashAtTheEndMeansNothing() {
    assertThat(PathSegments.parse("/").segments()).isEmpty();
    assertThat(PathSegments.parse("/api/").segments()).containsExactly("api");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "api",
        "//",
        "/api//v1",
        "/api/../v1",
        "/api/./v1",
        "/api/%2e%2E/v1",
        "/a%2fb",
        "/a%5cb",
        "/a%00",
        "/a%0a",
        "/a%",
        "/a%4",
        "/a%xy",
        "/a%ff"
      })
  void whatCouldMeanAnotherPlaceIsRefused(String path) {
    assertThat(refusal(() -> PathSegments.parse(path)).code()).isEqualTo(400);
  }

  @Test
  void aPathHasABound() {
    assertThat(PathSegments.parse("/a".repeat(64)).size()).isEqualTo(64);
    assertThat(refusal(() -> PathSegments.parse("/a".repeat(65))).code()).isEqualTo(400);
    assertThat(refusal(() -> PathSegments.parse("/" + "a".repeat(8192))).code()).isEqualTo(400);
  }
}
