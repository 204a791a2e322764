package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.controller.ObjectName;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnstoredTest {
  private static final Subscriber SUBSCRIBER =
      new Subscriber(
          new ObjectName("team", "ci"),
          Uid.of("7b0c8f4e-3f0a-4a43-9d6e-0a5b6a3f5b11"),
          1,
          Set.of("*"),
          Set.of("*"),
          Set.of(),
          false);

  private final Unstored unstored = new Unstored();

  @Test
  void thePositionStaysBeforeTheOldestDraft() throws Exception {
    assertThat(unstored.storedUpTo(new Revision(9))).isEqualTo(new Revision(9));
    assertThat(unstored.add(draft(5, "a"), Duration.ZERO)).isTrue();
    assertThat(unstored.add(draft(5, "b"), Duration.ZERO)).isTrue();
    assertThat(unstored.add(draft(7, "c"), Duration.ZERO)).isTrue();
    assertThat(unstored.storedUpTo(new Revision(9))).isEqualTo(new Revision(4));
    unstored.remove(draft(5, "a"));
    unstored.remove(draft(7, "c"));
    assertThat(unstored.storedUpTo(new Revision(9))).isEqualTo(new Revision(4));
    unstored.remove(draft(5, "b"));
    assertThat(unstored.storedUpTo(new Revision(9))).isEqualTo(new Revision(9));
  }

  @Test
  void thereIsRoomForSoManyAndNoMore() throws Exception {
    for (int i = 0; i < Unstored.MOST; i++) {
      assertThat(unstored.add(draft(i + 1, "x"), Duration.ZERO)).isTrue();
    }
    assertThat(unstored.add(draft(9_999, "x"), Duration.ofMillis(1))).isFalse();
    unstored.remove(draft(1, "x"));
    assertThat(unstored.add(draft(9_999, "x"), Duration.ZERO)).isTrue();
  }

  @Test
  void longBodiesLeaveRoomForFewer() throws Exception {
    String half = "x".repeat(Unstored.MOST_TEXT / 2);
    assertThat(unstored.add(draft(1, half), Duration.ZERO)).isTrue();
    assertThat(unstored.add(draft(2, half), Duration.ZERO)).isTrue();
    assertThat(unstored.add(draft(3, "x"), Duration.ofMillis(1))).isFalse();
    unstored.remove(draft(1, half));
    assertThat(unstored.add(draft(3, "x"), Duration.ZERO)).isTrue();
  }

  private static Draft draft(long revision, String rest) {
    var letter = new Letter(EventType.PUSH, new Revision(revision), 0, "team", "web", rest);
    return Draft.of(letter, SUBSCRIBER, 0);
  }
}
