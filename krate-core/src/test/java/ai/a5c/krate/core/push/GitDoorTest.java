package ai.a5c.krate.core.push;

import static ai.a5c.krate.core.push.PushForge.DEVELOPER;
import static ai.a5c.krate.core.push.PushForge.READER;
import static ai.a5c.krate.core.push.PushForge.STRANGER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.core.MemoryForge;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.RightOfWay;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.GitService;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What those are told who may not push, and what is written down of it. */
@Timeout(60)
final class GitDoorTest {
  private PushForge forge;

  @BeforeEach
  void open() {
    forge = new PushForge();
  }

  @AfterEach
  void close() {
    forge.close();
  }

  private GitDoor.Answer pushTo(String repository, Caller caller) {
    return forge.krate().git(caller, "acme", repository, GitService.RECEIVE_PACK);
  }

  private GitDoor.Answer pushTo(String repository, Subject subject) {
    return pushTo(repository, Caller.inProcess(subject));
  }

  @Test
  void whoMayOnlyReadIsToldWhatIsMissingAndWhoGivesIt() {
    assertThat(pushTo("web", READER))
        .isInstanceOfSatisfying(
            GitDoor.Answer.Forbidden.class,
            answer ->
                assertThat(answer.message())
                    .contains(
                        "\"web\" is forbidden: User \"rita\" cannot update resource"
                            + " \"repositories/git\"",
                        "in the namespace \"team\"",
                        "ask an owner of acme",
                        "RepositoryPermission of Write")
                    .doesNotContain("\n"));
  }

  @Test
  void whoMayNotReadIsToldOfNothing() {
    assertThat(pushTo("web", STRANGER)).isEqualTo(new GitDoor.Answer.NotFound());
    assertThat(pushTo("absent", STRANGER)).isEqualTo(new GitDoor.Answer.NotFound());
    assertThat(pushTo("absent", READER)).isEqualTo(new GitDoor.Answer.NotFound());
    assertThat(pushTo("absent", DEVELOPER)).isEqualTo(new GitDoor.Answer.NotFound());
  }

  @Test
  void whoeverAsksWhileTheStoreIsAwayIsToldToTryAgain() {
    forge.storage.setUnavailable(true);
    for (Subject subject : List.of(DEVELOPER, STRANGER)) {
      assertThat(pushTo("web", subject))
          .isEqualTo(
              new GitDoor.Answer.Later(
                  "the store cannot be reached; nothing was changed, try again"));
    }
  }

  /** Whatever it is asked, it reads a ref from the store. */
  private GitBackend readingRefs() {
    return (GitBackend)
        Proxy.newProxyInstance(
            GitDoorTest.class.getClassLoader(),
            new Class<?>[] {GitBackend.class},
            (proxy, method, arguments) -> {
              var unused = forge.at("refs/heads/main");
              return null;
            });
  }

  @Test
  void soIsWhoHadBeenLetIn() {
    var visit =
        new GitVisit(
            readingRefs(), forge.get(ForgeKinds.REPOSITORY, "web"), null, new RightOfWay());
    forge.storage.setUnavailable(true);
    assertThatThrownBy(() -> visit.advertise(null, OutputStream.nullOutputStream()))
        .isInstanceOfSatisfying(
            ApiException.class,
            refused -> assertThat(refused.problem()).isInstanceOf(Problem.Unavailable.class));
  }

  @Test
  void askingAStrangerWhoHeIsLeavesNoEntry() {
    assertThat(pushTo("web", Subject.ANONYMOUS))
        .isEqualTo(new GitDoor.Answer.Unauthorized("authentication required"));
    assertThat(pushTo("absent", Subject.ANONYMOUS))
        .isEqualTo(new GitDoor.Answer.Unauthorized("authentication required"));
    assertThat(forge.pushEntries()).isEmpty();
  }

  @Test
  void theRefusalOfSomebodyHasAnEntry() {
    pushTo("web", READER);
    pushTo("web", STRANGER);
    assertThat(forge.pushEntries())
        .extracting(entry -> entry.text("user", "name") + " " + entry.text("decision"))
        .containsExactlyInAnyOrder("rita Denied", "sam Denied");
  }

  @Test
  void soHasThatOfSomebodyWhoActsAsAStranger() {
    Headers asNobody = Headers.of("Impersonate-User", Subject.ANONYMOUS.name());
    pushTo("web", new Caller(MemoryForge.ROOT, "", asNobody));
    pushTo("web", new Caller(Subject.ANONYMOUS, "", Headers.of("Impersonate-User", "rita")));
    assertThat(forge.pushEntries())
        .extracting(entry -> entry.text("user", "name") + " " + entry.text("impersonatedBy"))
        .containsExactlyInAnyOrder("system:anonymous root", "system:anonymous ");
  }
}
