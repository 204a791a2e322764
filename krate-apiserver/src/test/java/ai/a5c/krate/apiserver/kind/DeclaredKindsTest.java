package ai.a5c.krate.apiserver.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.config.Repository;
import ai.a5c.krate.api.records.PullRequest;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.StorageBoundary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What the kinds of the forge promise to those who type them, and the catalogue that holds them.
 */
class DeclaredKindsTest {
  private static final Kinds KINDS = KubectlTest.KINDS;

  @Test
  void tablesHaveTheColumnsThatPeopleKnow() {
    Map<String, String> columns = new TreeMap<>();
    for (Kind kind : KINDS.all()) {
      List<String> names = new ArrayList<>();
      kind.columns().forEach(c -> names.add(c.name() + (c.wide() ? "(w)" : "")));
      columns.put(kind.name(), String.join(",", names));
    }
    assertThat(columns)
        .containsEntry("Organization", "DISPLAY NAME,NAMESPACE,READY")
        .containsEntry("Repository", "VISIBILITY,DEFAULT BRANCH,READY,URL(w),LAST PUSH(w)")
        .containsEntry("RunnerPool", "TIER,EXECUTOR,WARM,MAX,READY,QUEUED,RUNNING")
        .containsEntry("Pipeline", "CHECK,REF,COMMIT,TIER,PHASE,DURATION,REPOSITORY(w)")
        .containsEntry("Job", "PIPELINE,STEP,PHASE,EXIT,DURATION")
        .containsEntry("WebhookSubscription", "URL,EVENTS,PENDING,LAST,SUSPENDED")
        .containsEntry(
            "PullRequest",
            "NUMBER,TITLE,AUTHOR,PHASE,MERGEABLE,SOURCE(w),TARGET(w),HEAD(w),APPROVALS(w),CHECKS(w)")
        .containsEntry("Issue", "NUMBER,TITLE,AUTHOR,PHASE")
        .containsEntry("WebhookDelivery", "SUBSCRIPTION,EVENT,PHASE,ATTEMPTS,CODE")
        .containsEntry("AuditEvent", "TIME,USER,VERB,RESOURCE,DECISION,REASON")
        .containsEntry("Namespace", "STATUS")
        .containsEntry("Secret", "TYPE,DATA");
  }

  @Test
  void fieldSelectorsAreThoseThatPeopleKnow() {
    assertThat(selectors("PullRequest", "krate.a5c.ai"))
        .containsExactly(
            "spec.repository",
            "spec.sourceBranch",
            "spec.sourceRepository",
            "spec.targetBranch",
            "status.number",
            "status.phase",
            "status.author",
            "status.mergeable");
    assertThat(selectors("AuditEvent", "krate.a5c.ai"))
        .containsExactly("verb", "resource.resource", "resource.name", "decision");
  }

  @Test
  void aMinimalRepositoryGetsItsDefaults() {
    Kind repository = KINDS.declaredBy(Repository.class).orElseThrow();
    var sent = Json.object().add("metadata", Json.object().add("name", "web")).build();
    assertThat(Decoder.decode(repository, sent, List.of()).object().toString())
        .isEqualTo(
            "{\"metadata\":{\"name\":\"web\"},\"spec\":{\"defaultBranch\":\"main\","
                + "\"mergeMethods\":[\"Merge\",\"Squash\"]}}");
  }

  @Test
  void theCatalogueFindsKindsByTheWordsOfUrlsAndObjects() {
    assertThat(KINDS.byPlural("krate.a5c.ai", "v1alpha1", "pullrequests"))
        .isEqualTo(KINDS.byName("krate.a5c.ai", "PullRequest"))
        .isEqualTo(KINDS.declaredBy(PullRequest.class))
        .isPresent();
    assertThat(KINDS.byPlural("krate.a5c.ai", "v1", "pullrequests")).isEmpty();
    assertThat(KINDS.byPlural("", "v1", "pullrequests")).isEmpty();
    assertThat(KINDS.groups())
        .containsExactly(
            "", "authentication.k8s.io", "config.krate.a5c.ai", "krate.a5c.ai", "toys.example.org");
    assertThat(KINDS.boundary("config.krate.a5c.ai")).contains(StorageBoundary.CONFIGURATION);
    assertThat(KINDS.boundary("krate.a5c.ai")).contains(StorageBoundary.RECORDS);
  }

  @ai.a5c.krate.api.schema.Kind(
      group = "toys.example.org",
      version = "v1alpha1",
      name = "Gadget",
      plural = "gadgets",
      shortNames = "wi",
      boundary = StorageBoundary.RECORDS)
  @Description("A Gadget has the short name of another.")
  record Gadget() {}

  @ai.a5c.krate.api.schema.Kind(
      group = "toys.example.org",
      version = "v1alpha1",
      name = "Ball",
      plural = "balls",
      boundary = StorageBoundary.CONFIGURATION)
  @Description("A Ball is on the wrong side.")
  record Ball() {}

  @Test
  void kindsThatClashAreRefused() {
    assertThatThrownBy(() -> Kinds.ofDeclarations(Widget.class, Gadget.class))
        .hasMessageContaining("gadgets.toys.example.org clashes: its group has \"wi\" already");
    assertThatThrownBy(() -> Kinds.ofDeclarations(Widget.class, Widget.class))
        .hasMessageContaining("widgets.toys.example.org clashes");
    assertThatThrownBy(() -> Kinds.ofDeclarations(Widget.class, Ball.class))
        .hasMessageContaining("other side of the storage boundary");
  }

  @Test
  void theTableOfASecretCountsItsValuesAndShowsNone() {
    Kind secret = KINDS.declaredBy(ai.a5c.krate.api.core.Secret.class).orElseThrow();
    var data = Json.object().add("a", "aHVudGVyMg==").add("b", "aHVudGVyMg==");
    var object = Json.object().add("type", "Opaque").add("data", data).build();
    assertThat(secret.columns())
        .extracting(c -> c.name() + " " + c.type() + " " + c.path().in(object).orElseThrow())
        .containsExactly("TYPE string \"Opaque\"", "DATA integer 2");
  }

  @Test
  void aSecretDoesNotPrint() {
    var object = Json.object().add("stringData", Json.object().add("key", "hunter2")).build();
    var secret = RecordCodec.read(ai.a5c.krate.api.core.Secret.class, object);
    assertThat(secret.stringData()).containsEntry("key", "hunter2");
    assertThat(secret.toString()).doesNotContain("hunter2").contains("key");
  }

  private static List<String> selectors(String name, String group) {
    Kind kind = KINDS.byName(group, name).orElseThrow();
    return kind.selectable().stream().map(Kind.Selectable::name).toList();
  }
}
