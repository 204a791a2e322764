package ai.a5c.krate.core.push;

import static ai.a5c.krate.core.push.PushForge.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.config.BranchProtection;
import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Movers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a BranchProtection says of itself. */
final class ProtectionStatusTest {
  private PushForge forge;

  @BeforeEach
  void open() {
    forge = new PushForge();
  }

  @AfterEach
  void close() {
    forge.close();
  }

  private boolean isReady(String name, String status, String message) {
    List<Condition> conditions =
        RecordCodec.read(
                BranchProtection.class,
                forge
                    .objects
                    .get(ForgeKinds.BRANCH_PROTECTION, PushForge.NAMESPACE, name)
                    .orElseThrow()
                    .json())
            .status()
            .conditions();
    return conditions.size() == 1
        && conditions.getFirst().type().equals("Ready")
        && conditions.getFirst().status().toString().equalsIgnoreCase(status)
        && conditions.getFirst().message().equals(message);
  }

  @Test
  void itIsReadyWhenTheRepositoriesThatItNamesAreThere() {
    forge.protect("some", "'branches': ['main'], 'repositories': ['web', 'later', 'never']");
    forge.protect("all", "'branches': ['main']");
    await().until(() -> isReady("all", "True", ""));
    await().until(() -> isReady("some", "False", "there is no repository later, never"));
    forge.create(ROOT, ForgeKinds.REPOSITORY, "'name': 'later'", "").is(201);
    await().until(() -> isReady("some", "False", "there is no repository never"));
    forge
        .patch(
            ROOT,
            ForgeKinds.BRANCH_PROTECTION,
            "some",
            "{'spec': {'repositories': ['web', 'later']}}")
        .is(200);
    await().until(() -> isReady("some", "True", ""));
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "later").is(200);
    await().until(() -> isReady("some", "False", "there is no repository later"));
  }

  @Test
  void whatIsKnownOfBranchesGoesWithTheirRepository() {
    forge.push(ROOT, "refs/heads/main", forge.graph.commit());
    var movers = new Movers(forge.objects);
    assertThat(movers.of(forge.web, "main")).containsOnlyKeys("root");
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "web").is(200);
    await().until(() -> movers.of(forge.web, "main").isEmpty());
    await()
        .until(
            () -> forge.objects.get(ForgeKinds.REPOSITORY, PushForge.NAMESPACE, "web").isEmpty());
  }

  @Test
  void itGoesWithItsNamespace() {
    forge.protect("all", "'branches': ['main']");
    forge.protect("some", "'branches': ['main'], 'repositories': ['web']");
    forge.call(ROOT, "DELETE", "/api/v1/namespaces/team", "").is(200);
    await()
        .until(
            () ->
                forge
                    .objects
                    .list(ForgeKinds.BRANCH_PROTECTION, PushForge.NAMESPACE, null, 1, null)
                    .objects()
                    .isEmpty());
  }
}
