package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.config.Repository;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.records.Issue;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.api.records.PullRequest;
import ai.a5c.krate.api.records.Review;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import jakarta.json.JsonValue;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventMapperTest {
  private final Forge forge = Forge.fresh(false, InetAddress::getAllByName);
  private final EventMapper mapper =
      new EventMapper(HookKinds.of(Forge.KINDS), forge.server.objects());

  @AfterEach
  void close() {
    forge.close();
  }

  @Test
  void aPullRequestIsCreatedUpdatedSynchronizedClosedReopenedAndMerged() throws Exception {
    assertThat(of(() -> forge.pullRequest("web-1"))).containsExactly("pullrequest.created");
    assertThat(pull(old -> old.withText("Better", "spec", "title")))
        .containsExactly("pullrequest.updated");
    assertThat(pull(old -> old.withLabel("area", "core"))).containsExactly("pullrequest.updated");
    assertThat(phase("Open")).isEmpty();
    assertThat(status("mergeable", "True")).isEmpty();
    assertThat(of(() -> head("a"))).containsExactly("pullrequest.synchronized");
    assertThat(of(() -> head("b"))).containsExactly("pullrequest.synchronized");
    assertThat(pull(old -> old.with(JsonValue.TRUE, "spec", "closed"))).isEmpty();
    assertThat(phase("Closed")).containsExactly("pullrequest.closed");
    assertThat(phase("Open")).containsExactly("pullrequest.reopened");
    assertThat(pull(old -> old.with(JsonValue.TRUE, "spec", "merged"))).isEmpty();
    assertThat(phase("Merged")).containsExactly("pullrequest.merged");
  }

  @Test
  void aReviewIsAskedForSubmittedAndDismissed() throws Exception {
    forge.pullRequest("web-1");
    assertThat(pull(old -> old.with(JsonTree.texts(List.of("bob")), "spec", "reviewers")))
        .containsExactly("pullrequest.updated", "pullrequest.reviewrequested");
    assertThat(pull(old -> old.with(null, "spec", "reviewers")))
        .containsExactly("pullrequest.updated");
    assertThat(
            of(
                () ->
                    forge.create(
                        Review.class,
                        "{'metadata': {'name': 'r', 'namespace': 'team'}, 'spec':"
                            + " {'pullRequest': 'web-1', 'decision': 'Approve'}}")))
        .containsExactly("review.submitted");
    assertThat(
            of(() -> forge.change(Review.class, "r", old -> old.withText("Fine.", "spec", "body"))))
        .isEmpty();
    assertThat(
            of(
                () ->
                    forge.change(
                        Review.class, "r", old -> old.with(JsonValue.TRUE, "spec", "dismissed"))))
        .containsExactly("review.dismissed");
  }

  @Test
  void anIssueIsCreatedUpdatedClosedAndReopened() throws Exception {
    assertThat(of(() -> forge.issue("i"))).containsExactly("issue.created");
    assertThat(issue(old -> old.withText("More", "spec", "body"))).containsExactly("issue.updated");
    assertThat(issue(old -> old.with(JsonValue.TRUE, "spec", "closed")))
        .containsExactly("issue.closed");
    assertThat(
            issue(
                old ->
                    old.with(JsonValue.FALSE, "spec", "closed").withText("New", "spec", "title")))
        .containsExactly("issue.updated", "issue.reopened");
  }

  @Test
  void aRepositoryIsCreatedUpdatedAndDeleted() throws Exception {
    assertThat(
            of(
                () ->
                    forge.create(
                        Repository.class, "{'metadata': {'name': 'x', 'namespace': 'team'}}")))
        .containsExactly("repository.created");
    assertThat(
            of(
                () ->
                    forge.change(
                        Repository.class, "x", old -> old.withText("d", "spec", "description"))))
        .containsExactly("repository.updated");
    assertThat(
            of(
                () ->
                    forge.ada.updateStatus(
                        Forge.kind(Repository.class),
                        "team",
                        "x",
                        old -> old.withText("a", "status", "defaultBranchCommit"))))
        .isEmpty();
    assertThat(
            of(
                () ->
                    forge.ada.delete(
                        Forge.kind(Repository.class),
                        forge.ada.get(Forge.kind(Repository.class), "team", "x").orElseThrow())))
        .containsExactly("repository.deleted");
  }

  @Test
  void aPipelineIsQueuedStartedAndCompletedOnceEach() throws Exception {
    assertThat(
            of(
                () ->
                    forge.create(
                        Pipeline.class,
                        "{'metadata': {'name': 'p', 'namespace': 'team'}, 'spec': {'repository':"
                            + " 'web', 'ref': 'refs/heads/main', 'workflow': 'ci.yaml'}}")))
        .isEmpty();
    String time = "2026-11-21T12:00:00Z";
    assertThat(of(() -> run(Pipeline.class, "p", "phase", "Blocked"))).isEmpty();
    assertThat(of(() -> run(Pipeline.class, "p", "queueTime", time)))
        .containsExactly("pipeline.queued");
    assertThat(of(() -> run(Pipeline.class, "p", "phase", "Queued"))).isEmpty();
    assertThat(of(() -> run(Pipeline.class, "p", "startTime", time)))
        .containsExactly("pipeline.started");
    assertThat(of(() -> run(Pipeline.class, "p", "phase", "Running"))).isEmpty();
    assertThat(of(() -> run(Pipeline.class, "p", "phase", "Queued"))).isEmpty();
    assertThat(of(() -> run(Pipeline.class, "p", "phase", "Failed")))
        .containsExactly("pipeline.completed");
    assertThat(of(() -> run(Pipeline.class, "p", "name", "build"))).isEmpty();
  }

  @Test
  void aJobIsStartedWithEachAttemptAndCompletedOnce() throws Exception {
    forge.create(
        Job.class,
        "{'metadata': {'name': 'j', 'namespace': 'team'}, 'spec': {'pipeline': 'p', 'step':"
            + " 'build', 'script': 'make'}}");
    assertThat(of(() -> run(Job.class, "j", "phase", "Queued"))).isEmpty();
    assertThat(of(() -> run(Job.class, "j", "phase", "Running"))).containsExactly("job.started");
    assertThat(of(() -> run(Job.class, "j", "phase", "Queued"))).isEmpty();
    assertThat(of(() -> run(Job.class, "j", "phase", "Running"))).containsExactly("job.started");
    assertThat(of(() -> run(Job.class, "j", "phase", "Succeeded")))
        .containsExactly("job.completed");
  }

  @Test
  void whatIsMadeAtItsEndIsCompleted() throws Exception {
    assertThat(
            of(
                () ->
                    forge.create(
                        Job.class,
                        "{'metadata': {'name': 'j', 'namespace': 'team'}, 'spec': {'pipeline':"
                            + " 'p', 'step': 'build', 'script': 'make'}, 'status': {'phase':"
                            + " 'Skipped'}}")))
        .containsExactly("job.completed");
  }

  private void run(Class<? extends Record> kind, String name, String member, String value) {
    var unused =
        forge.ada.updateStatus(
            Forge.kind(kind), "team", name, old -> old.withText(value, "status", member));
  }

  private List<String> pull(UnaryOperator<ApiObject> change) throws Exception {
    return of(() -> forge.change(PullRequest.class, "web-1", change));
  }

  private List<String> issue(UnaryOperator<ApiObject> change) throws Exception {
    return of(() -> forge.change(Issue.class, "i", change));
  }

  private List<String> phase(String phase) throws Exception {
    return of(() -> forge.phase("web-1", phase));
  }

  private List<String> status(String member, String value) throws Exception {
    return of(
        () ->
            forge.ada.updateStatus(
                Forge.kind(PullRequest.class),
                "team",
                "web-1",
                old -> old.withText(value, "status", member)));
  }

  private void head(String digit) {
    var unused =
        forge.ada.updateStatus(
            Forge.kind(PullRequest.class),
            "team",
            "web-1",
            old ->
                old.with(
                    Json.object()
                        .add("commit", digit.repeat(40))
                        .add("ref", "refs/pull/1/head")
                        .build(),
                    "status",
                    "head"));
  }

  /** The events of the changes that the action commits. */
  private List<String> of(Runnable action) throws InterruptedException {
    Revision before = forge.storage.records().head();
    action.run();
    List<Change> changes = new ArrayList<>();
    for (var store : List.of(forge.storage.records(), forge.storage.configuration())) {
      try (ChangeFeed feed = store.changes(before)) {
        changes.addAll(feed.next().changes());
      }
    }
    return changes.stream()
        .filter(Change.ObjectChanged.class::isInstance)
        .map(Change.ObjectChanged.class::cast)
        .flatMap(change -> mapper.of(change).stream())
        .map(event -> event.type().wireName())
        .toList();
  }
}
