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
    forge.create(
        ROOT,
        PushForge.configuration("repositories"),
        """
        {"apiVersion": "config.krate.a5c.ai/v1alpha1", "kind": "Repository",
         "metadata": {"name": "later"}, "spec": {}}\
        """);
    await().until(() -> isReady("some", "False", "there is no repository never"));
    PushForge.Answer changed =
        forge.call(
            ROOT,
            "PATCH",
            PushForge.configuration("branchprotections") + "/some",
            "{\"spec\": {\"repositories\": [\"web\", \"later\"]}}");
    assertThat(changed.code()).isEqualTo(200);
    await().until(() -> isReady("some", "True", ""));
    PushForge.Answer deleted =
        forge.call(ROOT, "DELETE", PushForge.configuration("repositories") + "/later", "");
    assertThat(deleted.code()).isEqualTo(200);
    await().until(() -> isReady("some", "False", "there is no repository later"));
  }

  @Test
  void whatIsKnownOfBranchesGoesWithTheirRepository() {
    forge.push(ROOT, "refs/heads/main", forge.graph.commit());
    var movers = new Movers(forge.objects);
    assertThat(movers.of(forge.web(), "main")).containsOnlyKeys("root");
    PushForge.Answer deleted =
        forge.call(ROOT, "DELETE", PushForge.configuration("repositories") + "/web", "");
    assertThat(deleted.code()).isEqualTo(200);
    await().until(() -> movers.of(forge.web(), "main").isEmpty());
    await()
        .until(
            () -> forge.objects.get(ForgeKinds.REPOSITORY, PushForge.NAMESPACE, "web").isEmpty());
  }

  @Test
  void itGoesWithItsNamespace() {
    forge.protect("all", "'branches': ['main']");
    forge.protect("some", "'branches': ['main'], 'repositories': ['web']");
    PushForge.Answer deleted = forge.call(ROOT, "DELETE", "/api/v1/namespaces/team", "");
    assertThat(deleted.code()).isEqualTo(200);
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
