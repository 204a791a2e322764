package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.cli.Api.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Many merges into one branch at once, and merges that cannot be. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MergeRaceIT {
  private static final int MERGES = 20;
  private static final int PUSHES = 10;

  @TempDir static Path temporary;

  private ServerProcess server;

  @BeforeAll
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private Forge forge(String organization) throws Exception {
    return Forge.create(server, temporary.resolve(organization), organization, "web");
  }

  private static List<String> opened(Forge forge) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < MERGES; i++) {
      forge.pushBranch("branch-" + i, "file-" + i, "content " + i + "\n");
      names.add(forge.open("branch-" + i, "Number " + i));
    }
    forge.git().run("checkout", "-q", "main");
    return names;
  }

  /** Asks for all merges at once. */
  private Map<String, Answer> mergeAll(Forge forge, List<String> names) throws Exception {
    var begin = new CountDownLatch(1);
    Map<String, Future<Answer>> asked = new TreeMap<>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String name : names) {
        asked.put(
            name,
            executor.submit(
                () -> {
                  begin.await();
                  return forge.merge(server.api(), name);
                }));
      }
      begin.countDown();
      Map<String, Answer> answers = new TreeMap<>();
      for (Map.Entry<String, Future<Answer>> one : asked.entrySet()) {
        answers.put(one.getKey(), one.getValue().get());
      }
      return answers;
    }
  }

  /** Every merge commit on main, from the first-parent history, and each has two parents. */
  private static List<String> merges(Forge forge) {
    forge.git().run("fetch", "-q", forge.url(), "main");
    return forge
        .git()
        .run("rev-list", "--first-parent", "--parents", "FETCH_HEAD")
        .lines()
        .map(line -> List.of(line.split(" ")))
        .filter(line -> line.size() != 2)
        .filter(line -> line.size() != 1)
        .peek(line -> assertThat(line).hasSize(3))
        .map(List::getFirst)
        .toList();
  }

  private void assertMerged(Forge forge, Map<String, Answer> answers) {
    List<String> commits = new ArrayList<>();
    answers.forEach(
        (name, answer) -> {
          assertThat(answer.code()).as(answer.text()).isIn(200, 409);
          Answer now = server.api().get(forge.pullRequests() + "/" + name).expect(200);
          String commit = now.text("status", "merge", "commit");
          if (answer.code() == 200) {
            assertThat(now.text("status", "phase")).isEqualTo("Merged");
            assertThat(answer.text("status", "merge", "commit")).isEqualTo(commit).isNotEmpty();
            commits.add(commit);
          } else {
            assertThat(now.text("status", "phase")).isEqualTo("Open");
            assertThat(commit).isEmpty();
          }
        });
    assertThat(commits).isNotEmpty().doesNotHaveDuplicates();
    assertThat(merges(forge)).containsExactlyInAnyOrderElementsOf(commits);
    System.out.printf("%d of %d merged%n", commits.size(), answers.size());
  }

  @Test
  void eachOfTwentyConcurrentMergesIsMergedOrAConflict() throws Exception {
    Forge forge = forge("merges");
    List<String> names = opened(forge);
    assertMerged(forge, mergeAll(forge, names));
  }

  @Test
  void pushesToTheTargetDoNotLoseAMergeOrAPush() throws Exception {
    Forge forge = forge("pushes");
    List<String> names = opened(forge);
    List<String> pushed = new ArrayList<>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> pushes =
          executor.submit(
              () -> {
                for (int i = 0; i < PUSHES; i++) {
                  forge.git().run("pull", "-q", "--rebase", forge.url(), "main");
                  String commit = forge.git().commit("pushed-" + i, "pushed\n");
                  if (forge.git().attempt("push", "-q", forge.url(), "main").code() == 0) {
                    pushed.add(commit);
                  } else {
                    forge.git().run("reset", "-q", "--hard", "HEAD~1");
                  }
                }
              });
      Map<String, Answer> answers = mergeAll(forge, names);
      pushes.get();
      assertMerged(forge, answers);
    }
    System.out.printf("%d of %d pushed%n", pushed.size(), PUSHES);
    List<String> history =
        forge.git().run("rev-list", "--first-parent", "FETCH_HEAD").lines().toList();
    assertThat(new HashSet<>(history)).containsAll(pushed);
  }

  @Test
  void sendingAMergeAgainChangesNothing() throws Exception {
    Forge forge = forge("again");
    forge.pushBranch("topic", "topic", "a topic\n");
    String name = forge.open("topic", "A topic");
    Answer first = forge.merge(server.api(), name).expect(200);
    Answer second = forge.merge(server.api(), name).expect(200);
    assertThat(second.version()).isEqualTo(first.version());
    assertThat(second.body().get("status")).isEqualTo(first.body().get("status"));
    assertThat(merges(forge)).containsExactly(first.text("status", "merge", "commit"));
  }

  @Test
  void aConflictIsRefusedWithThePaths() throws Exception {
    Forge forge = forge("conflict");
    forge.pushBranch("topic", "README", "Goodbye.\n");
    String name = forge.open("topic", "A topic");
    forge.git().run("checkout", "-q", "main");
    forge.git().commit("README", "Welcome.\n");
    forge.git().run("push", "-q", forge.url(), "main");
    Answer refused = forge.merge(server.api(), name).expect(422);
    assertThat(refused.causes()).anyMatch(cause -> cause.endsWith("README"));
    assertThat(server.api().get(forge.pullRequests() + "/" + name).text("status", "phase"))
        .isEqualTo("Open");
    assertThat(merges(forge)).isEmpty();
  }

  @Test
  void anotherHeadThanTheReviewedOneIsRefused() throws Exception {
    Forge forge = forge("stale");
    String reviewed = forge.pushBranch("topic", "topic", "a topic\n");
    String name = forge.open("topic", "A topic");
    String newer = forge.git().commit("topic", "another topic\n");
    forge.git().run("push", "-q", forge.url(), "topic");
    String asked = "{\"spec\":{\"merged\":true,\"mergeHead\":\"%s\"}}";
    String place = forge.pullRequests() + "/" + name;
    Answer refused = server.api().patch(place, asked.formatted(reviewed)).expect(422);
    assertThat(refused.causes()).anyMatch(cause -> cause.contains("spec.mergeHead"));
    assertThat(server.api().get(place).text("status", "phase")).isEqualTo("Open");
    server.api().patch(place, asked.formatted(newer)).expect(200);
  }
}
