package ai.a5c.krate.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.apiserver.house.TestKeys;
import ai.a5c.krate.spi.storage.ListRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ContinueSealTest {
  private final ContinueSeal seal = new ContinueSeal(new TestKeys());
  private final ContinueSeal.Bound bound = seal.bound("notes of team, for ada");

  private static ContinueToken token(String name) {
    return new ContinueToken(new Revision(7), new ListRequest.Place("team", name));
  }

  @Test
  void aTokenComesBackAsItWas() {
    String sealed = bound.seal(token("web-1"));

    assertThat(bound.open(sealed)).isEqualTo(token("web-1"));
    assertThat(sealed).matches("[-_A-Za-z0-9]+");
  }

  @Test
  void anotherServerWithTheSameKeyServiceOpensIt() {
    String sealed = bound.seal(token("web-1"));

    assertThat(new ContinueSeal(new TestKeys()).bound("notes of team, for ada").open(sealed))
        .isEqualTo(token("web-1"));
  }

  @Test
  void aTokenOfAnotherListOrSubjectIsABadRequest() {
    String sealed = bound.seal(token("web-1"));

    assertInvalid(seal.bound("notes of team, for bob"), sealed);
    assertInvalid(seal.bound(""), sealed);
  }

  @Property(tries = 200)
  void neitherNamesNorTheirLengthsShow(@ForAll @IntRange(min = 1, max = 60) int length) {
    String name = "x".repeat(length);
    String sealed = bound.seal(token(name));
    String bytes = new String(Base64.getUrlDecoder().decode(sealed), StandardCharsets.ISO_8859_1);

    assertThat(bytes).doesNotContain("team").doesNotContain("\"name\"");
    assertThat(sealed).hasSameSizeAs(bound.seal(token("a")));
    assertThat(sealed).isNotEqualTo(bound.seal(token(name)));
  }

  @Property(tries = 300)
  void anAlteredTokenIsABadRequest(
      @ForAll @IntRange(max = 10_000) int at, @ForAll @IntRange(min = 1, max = 255) int change) {
    byte[] bytes = Base64.getUrlDecoder().decode(bound.seal(token("web-1")));
    bytes[at % bytes.length] ^= (byte) change;

    assertInvalid(bound, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  @Property
  void garbageIsABadRequest(@ForAll @StringLength(max = 300) String garbage) {
    assertInvalid(bound, garbage);
    assertInvalid(
        bound,
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(garbage.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aTokenCutOffIsABadRequest() {
    byte[] bytes = Base64.getUrlDecoder().decode(bound.seal(token("web-1")));

    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      assertInvalid(bound, Base64.getUrlEncoder().withoutPadding().encodeToString(cut));
    }
  }

  private static void assertInvalid(ContinueSeal.Bound bound, String token) {
    assertThatThrownBy(() -> bound.open(token))
        .isInstanceOf(ApiException.class)
        .hasMessage("continue key is not valid");
  }
}
