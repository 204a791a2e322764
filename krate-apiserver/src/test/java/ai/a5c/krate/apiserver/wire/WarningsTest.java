package ai.a5c.krate.apiserver.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarningsTest {
  @Test
  void eachTextIsSaidOnceAndInOrder() {
    assertThat(Warnings.headerValues(List.of("b", "a", "b", " ")))
        .containsExactly("299 - \"b\"", "299 - \"a\"");
  }

  @Test
  void whatWouldBreakAHeaderIsEscaped() {
    assertThat(Warnings.headerValues(List.of("say \"x\\y\"\r\nSet-Cookie: z")))
        .containsExactly("299 - \"say \\\"x\\\\y\\\"  Set-Cookie: z\"");
  }

  @Test
  void textsThatFitTogetherStayWhole() {
    assertThat(Warnings.headerValues(List.of("x".repeat(4096))))
        .containsExactly("299 - \"" + "x".repeat(4096) + "\"");
  }

  @Test
  void textsThatDoNotFitAreCutAndTheRestLeftOut() {
    List<String> texts = new ArrayList<>();
    texts.add("short");
    for (int i = 0; i < 20; i++) {
      texts.add((char) ('a' + i) + "\uD83D\uDE00".repeat(500));
    }
    List<String> values = Warnings.headerValues(texts);
    assertThat(values).hasSize(16);
    assertThat(values.get(0)).isEqualTo("299 - \"short\"");
    assertThat(values.get(1)).isEqualTo("299 - \"a" + "\uD83D\uDE00".repeat(255) + "\"");
  }
}
