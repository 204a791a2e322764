package ai.a5c.krate.storage.postgres;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionCheckTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "\u0001\u00e9\uffff", "a\ud83d\ude00", "\ud83d\ude00\ud83d\ude00"})
  void wholeTextCanBeAKey(String text) {
    assertThatCode(() -> TransactionCheck.key("a", text)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\u0000", "a\u0000", "\ud83d", "a\ude00", "\ude00\ud83d", "\ud83d\ud83d\ude00"})
  void halfACharacterOrNoneCannot(String text) {
    assertThatThrownBy(() -> TransactionCheck.key("a", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("U+0000");
  }
}
