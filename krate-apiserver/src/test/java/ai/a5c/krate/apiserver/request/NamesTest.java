package ai.a5c.krate.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NamesTest {
  @Test
  void aNameIsThePrefixAndFiveCharacters() {
    assertThat(new Names(new Random(7)).generate("web-"))
        .matches("web-[bcdfghjklmnpqrstvwxz2456789]{5}");
  }

  @Test
  void aLongPrefixIsCut() {
    assertThat(new Names(new Random(7)).generate("x".repeat(80)))
        .startsWith("x".repeat(58))
        .hasSize(63);
  }

  @Test
  void aNameOfDigitsAloneIsDrawnAgain() {
    PrimitiveIterator.OfInt drawn = IntStream.of(20, 21, 22, 23, 24, 0, 20, 20, 20, 20).iterator();
    RandomGenerator random =
        new RandomGenerator() {
          @Override
          public long nextLong() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int nextInt(int bound) {
            return drawn.nextInt();
          }
        };

    assertThat(new Names(random).generate("web-")).isEqualTo("web-b2222");
  }
}
