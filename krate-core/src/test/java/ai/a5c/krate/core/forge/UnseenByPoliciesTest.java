package ai.a5c.krate.core.forge;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.admission.Admission.Operation;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.WriteContext;
import jakarta.json.JsonValue;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The line between what policies see and what keeps the forge running. */
class UnseenByPoliciesTest {
  private static final Subject HOOKS = Subject.of("system:krate:hooks");
  private static final Subject MERGER = Subject.of("system:krate:auto-merge");

  private final UnseenByPolicies unseen = new UnseenByPolicies();

  private boolean isUnseen(
      Subject subject,
      Kind kind,
      String subresource,
      Operation operation,
      @Nullable ApiObject old,
      @Nullable ApiObject object) {
    var context = new WriteContext(subject, kind, "acme", subresource, Instant.EPOCH, false);
    return unseen.test(new Admission(context, operation, old, object, JsonValue.EMPTY_JSON_OBJECT));
  }

  private static ApiObject titled(String title) {
    return new ApiObject(
        Json.object()
            .add("metadata", Json.object().add("name", "a"))
            .add("spec", Json.object().add("title", title))
            .build());
  }

  @Test
  void peopleAreAlwaysSeen() {
    for (Subject person :
        new Subject[] {
          Subject.of("ada"), Subject.of("root", Subject.MASTERS), Subject.of("system:krates")
        }) {
      for (Kind kind : ForgeKinds.all().all()) {
        assertThat(isUnseen(person, kind, "", Operation.CREATE, null, titled("a"))).isFalse();
        assertThat(isUnseen(person, kind, "status", Operation.UPDATE, titled("a"), titled("a")))
            .isFalse();
        assertThat(isUnseen(person, kind, "", Operation.DELETE, titled("a"), null)).isFalse();
      }
    }
  }

  @Test
  void whatControllersFindOutOrTakeAwayIsNot() {
    for (Kind kind : ForgeKinds.all().all()) {
      assertThat(isUnseen(HOOKS, kind, "status", Operation.UPDATE, titled("a"), titled("a")))
          .isTrue();
      assertThat(isUnseen(HOOKS, kind, "", Operation.DELETE, titled("a"), null)).isTrue();
      ApiObject finalized = titled("a").withLabel("b", "c");
      assertThat(isUnseen(HOOKS, kind, "", Operation.UPDATE, finalized, titled("a"))).isTrue();
    }
  }

  @Test
  void deliveriesAndConfigurationThatControllersMakeAreNot() {
    for (Kind kind :
        new Kind[] {ForgeKinds.WEBHOOK_DELIVERY, ForgeKinds.NAMESPACE, ForgeKinds.REPOSITORY}) {
      assertThat(isUnseen(HOOKS, kind, "", Operation.CREATE, null, titled("a"))).isTrue();
    }
  }

  @Test
  void recordsThatControllersMakeOrChangeForSomebodyAreSeen() {
    assertThat(
            isUnseen(
                MERGER, ForgeKinds.PULL_REQUEST, "", Operation.UPDATE, titled("a"), titled("b")))
        .isFalse();
    assertThat(isUnseen(MERGER, ForgeKinds.ISSUE, "", Operation.CREATE, null, titled("a")))
        .isFalse();
  }
}
