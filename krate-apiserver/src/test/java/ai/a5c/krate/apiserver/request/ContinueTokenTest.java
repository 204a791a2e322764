package ai.a5c.krate.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.spi.storage.ListRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContinueTokenTest {
  private static String encoded(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aTokenComesBackAsItWas() {
    ContinueToken token =
        new ContinueToken(new Revision(7), new ListRequest.Place("team", "web-1"));

    assertThat(ContinueToken.decode(token.encode())).isEqualTo(token);
    assertThat(token.encode()).matches("[-_A-Za-z0-9]+");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"v\":1,\"rv\":7,\"ns\":\"team\"}",
        "{\"v\":2,\"rv\":7,\"ns\":\"team\",\"name\":\"a\"}",
        "{\"v\":1,\"rv\":-7,\"ns\":\"team\",\"name\":\"a\"}",
        "{\"v\":1,\"rv\":7.5,\"ns\":\"team\",\"name\":\"a\"}",
        "{\"v\":1,\"rv\":99999999999999999999,\"ns\":\"team\",\"name\":\"a\"}",
        "{\"v\":1,\"rv\":7,\"ns\":\"te\\u0000am\",\"name\":\"a\"}",
        "{\"v\":1,\"rv\":7,\"ns\":\"team\",\"name\":[]}"
      })
  void aTokenOfAnotherFormIsABadRequest(String json) {
    assertThatThrownBy(() -> ContinueToken.decode(encoded(json)))
        .isInstanceOf(ApiException.class)
        .hasMessage("continue key is not valid");
  }

  @Property
  void garbageIsABadRequest(@ForAll String garbage) {
    assertThatThrownBy(() -> ContinueToken.decode(garbage))
        .isInstanceOf(ApiException.class)
        .hasMessage("continue key is not valid");
  }
}
