package ai.a5c.krate.core.push;

import static ai.a5c.krate.core.push.PushForge.ADMIN;
import static ai.a5c.krate.core.push.PushForge.DEVELOPER;
import static ai.a5c.krate.core.push.PushForge.PUSHER;
import static ai.a5c.krate.core.push.PushForge.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Movers;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who moved a branch, and since when that counts. */
final class MoversTest {
  private static final String TOPIC = "refs/heads/topic";

  private PushForge forge;
  private Movers movers;
  private ObjectId base;

  @BeforeEach
  void open() {
    forge = new PushForge();
    movers = new Movers(forge.objects);
    base = forge.graph.commit();
    assertThat(forge.push(ROOT, "refs/heads/main", base)).isEqualTo("ok");
  }

  @AfterEach
  void close() {
    forge.close();
  }

  private ObjectId pushed(Subject subject, ObjectId commit) {
    assertThat(forge.push(subject, TOPIC, commit)).isEqualTo("ok");
    return commit;
  }

  private boolean moved(Subject subject) {
    return movers.moved(forge.graph, forge.web, "topic", subject.name(), base);
  }

  @Test
  void everybodyWhoPushedIsKnownWithWhatHePushedLast() {
    ObjectId one = pushed(DEVELOPER, forge.graph.commit(base));
    ObjectId two = pushed(PUSHER, forge.graph.commit(one));
    ObjectId three = pushed(DEVELOPER, forge.graph.commit(two));
    assertThat(movers.of(forge.web, "topic")).isEqualTo(Map.of("dora", three, "pia", two));
    assertThat(movers.of(forge.web, "topi")).isEmpty();
    assertThat(movers.of(forge.web, "main")).isEqualTo(Map.of("root", base));
    assertThat(moved(DEVELOPER)).isTrue();
    assertThat(moved(PUSHER)).isTrue();
    assertThat(moved(ADMIN)).isFalse();
  }

  @Test
  void aMoveThatTheMergeBaseHasDoesNotCount() {
    pushed(PUSHER, base);
    ObjectId one = pushed(DEVELOPER, forge.graph.commit(base));
    assertThat(moved(PUSHER)).isFalse();
    assertThat(moved(DEVELOPER)).isTrue();
    assertThat(movers.moved(forge.graph, forge.web, "topic", "dora", one)).isFalse();
    assertThat(movers.moved(forge.graph, forge.web, "topic", "pia", null)).isTrue();
  }

  @Test
  void deletingAndCreatingAgainRidsNobodyOfWhatHeDid() {
    ObjectId mine = pushed(PUSHER, forge.graph.commit(base));
    assertThat(forge.push(PUSHER, TOPIC, null)).isEqualTo("ok");
    pushed(DEVELOPER, mine);
    assertThat(moved(PUSHER)).isTrue();
    assertThat(movers.of(forge.web, "topic")).isEqualTo(Map.of("pia", mine, "dora", mine));
  }

  @Test
  void aRefusedPushMovesNothing() {
    forge.protect("topic", "'branches': ['topic']");
    assertThat(forge.push(DEVELOPER, TOPIC, forge.graph.commit(base))).contains("\"topic\"");
    assertThat(movers.of(forge.web, "topic")).isEmpty();
  }

  @Test
  void tagsHaveNoMovers() {
    assertThat(forge.push(DEVELOPER, "refs/tags/topic", base)).isEqualTo("ok");
    assertThat(movers.of(forge.web, "topic")).isEmpty();
    assertThat(movers.of(forge.web, "refs/tags/topic")).isEmpty();
  }

  @Test
  void whoMergesMovesTheTarget() {
    pushed(DEVELOPER, forge.graph.commit(base));
    String name =
        forge
            .create(
                DEVELOPER,
                ForgeKinds.PULL_REQUEST,
                "'generateName': 'web-'",
                "'repository': 'web', 'sourceBranch': 'topic', 'title': 'A topic'")
            .is(201)
            .body()
            .name();
    PushForge.Answer merged =
        forge.patch(ADMIN, ForgeKinds.PULL_REQUEST, name, "{'spec': {'merged': true}}").is(200);
    ObjectId commit = forge.at("refs/heads/main").orElseThrow();
    assertThat(commit.hex()).isEqualTo(merged.body().text("status", "merge", "commit"));
    assertThat(movers.of(forge.web, "main"))
        .isEqualTo(new TreeMap<>(Map.of("root", base, "ada", commit)));
  }

  @Test
  void thousandsOfMoversAreToldOnOneByOne() {
    ObjectId tip = base;
    for (int i = 0; i < 600; i++) {
      tip = forge.graph.commit(tip);
      pushed(Subject.of("user-" + i, "developers"), tip);
    }
    assertThat(movers.of(forge.web, "topic")).hasSize(600).containsEntry("user-599", tip);
  }
}
