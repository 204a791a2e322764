package ai.a5c.krate.core.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.MemoryForge;
import ai.a5c.krate.core.forge.ForgeKinds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A whole forge in memory: the organization acme in the namespace team, with the repositories web,
 * where people work, and api, where they may not. JSON is written with single quotes.
 */
class ReviewForge extends MemoryForge {
  /** Where people work: the repository, and what tests make of it. */
  private static final Set<String> WORKED_ON = Set.of("web", "fork", "twig");

  static final Subject ALICE = Subject.of("alice", "people");
  static final Subject BOB = Subject.of("bob", "people");
  static final Subject CAROL = Subject.of("carol", "people");

  /** Another person by the name of bob, as another provider has it. */
  static final Subject OTHER_BOB =
      new Subject("bob", "", "https://other.example", List.of("people"), Map.of());

  /** May create repositories. */
  static final Subject FAY = Subject.of("fay", "people", "forkers");

  /** May maintain the repository. */
  static final Subject MARA = Subject.of("mara", "people", "maintainers");

  /** May write checks, and nothing else. */
  static final Subject CI = Subject.of("ci", "checkers");

  static final Subject OTHER_CI = Subject.of("other-ci", "checkers");

  /** May write records of every kind, and read those of web. */
  static final Subject READER = Subject.of("rita", "strangers", "readers");

  /** May write records of every kind, of no repository. */
  static final Subject STRANGER = Subject.of("sam", "strangers");

  /** The commit on main and release. */
  final ObjectId first = graph.commit();

  ReviewForge() {
    super(ReviewForge::mayDo, "web", "api");
    assertThat(push(ROOT, "main", first)).isEqualTo("ok");
    assertThat(push(ROOT, "release", first)).isEqualTo("ok");
  }

  private static boolean mayDo(Attributes asked) {
    Subject who = asked.subject();
    boolean repository = asked.resource().equals(ForgeKinds.REPOSITORY.resource());
    boolean here = repository && WORKED_ON.contains(asked.name());
    Set<String> records = Set.of("pullrequests", "reviews");
    String resource = asked.resource().resource();
    boolean works =
        records.contains(resource)
            || (here && Set.of("git", "pullrequests", "reviews").contains(asked.subresource()))
            || (here && asked.verb().equals("merge"));
    boolean checks =
        resource.equals("checks")
            || (here
                && asked.subresource().equals("checks")
                && Set.of("get", "create", "update", "patch", "delete").contains(asked.verb()));
    boolean creates = repository && asked.subresource().isEmpty() && asked.verb().equals("create");
    boolean plain = asked.subresource().isEmpty() || repository;
    return asked.namespace().equals(NAMESPACE)
        && plain
        && ((who.in("people") && works)
            || (who.in("people")
                && (resource.equals("checks") || (here && asked.subresource().equals("checks")))
                && asked.verb().equals("get"))
            || (who.in("maintainers") && here && asked.verb().equals("maintain"))
            || (who.in("forkers") && creates)
            || (who.in("checkers") && checks)
            || (who.in("readers") && here && asked.verb().equals("get"))
            || (who.in("strangers") && (records.contains(resource) || resource.equals("checks"))));
  }

  /** Pushes a branch of web: {@code ok}, or why not. */
  String push(Subject subject, String branch, @Nullable ObjectId target) {
    return pushTo(subject, "web", branch, target);
  }

  /** Pushes a branch of a repository: {@code ok}, or why not. */
  String pushTo(Subject subject, String repository, String branch, @Nullable ObjectId target) {
    return push(subject, repository, "refs/heads/" + branch, target);
  }

  /** Pushes a new commit on top of a branch. */
  ObjectId advance(Subject subject, String branch) {
    ObjectId next = graph.commit(graph.at(web, branch).orElse(first));
    assertThat(push(subject, branch, next)).isEqualTo("ok");
    return next;
  }

  /** Protects main of web. */
  void protectMain(String name, String spec) {
    protect(name, "'branches': ['main'], " + spec);
  }

  /** A pull request of a new branch that its author pushed. */
  String open(Subject author, String branch) {
    ObjectId unused = advance(author, branch);
    return create(
            author,
            ForgeKinds.PULL_REQUEST,
            "'generateName': 'web-'",
            "'repository': 'web', 'sourceBranch': '%s', 'title': 'A change'".formatted(branch))
        .is(201)
        .body()
        .name();
  }

  /** The answer to a review, with more members of its spec. */
  Answer review(Subject subject, String pull, String decision, String more) {
    return create(
        subject,
        ForgeKinds.REVIEW,
        "'generateName': 'review-'",
        "'pullRequest': '%s', 'decision': '%s'%s".formatted(pull, decision, more));
  }

  /** The name of a new review. */
  String review(Subject subject, String pull, String decision) {
    return review(subject, pull, decision, "").is(201).body().name();
  }

  Answer dismiss(Subject subject, String review) {
    return patch(
        subject,
        ForgeKinds.REVIEW,
        review,
        "{'spec': {'dismissed': true, 'dismissReason': 'it is settled'}}");
  }

  /** The answer to a check on a commit of web. */
  Answer check(Subject subject, String name, ObjectId commit, String phase) {
    return create(
        subject,
        ForgeKinds.CHECK,
        "'generateName': 'check-'",
        "'repository': 'web', 'commit': '%s', 'name': '%s', 'phase': '%s'"
            .formatted(commit, name, phase));
  }

  Answer merge(Subject subject, String pull) {
    return patch(subject, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'merged': true}}");
  }

  ObjectId head(String pull) {
    return ObjectId.of(get(ForgeKinds.PULL_REQUEST, pull).text("status", "head", "commit"));
  }

  List<String> reasons(String pull) {
    return JsonTree.textsAt(get(ForgeKinds.PULL_REQUEST, pull).json(), "status", "reasons");
  }

  /** Waits until the status says this, and no more. */
  void awaitReasons(String pull, String... reasons) {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              ApiObject object = get(ForgeKinds.PULL_REQUEST, pull);
              assertThat(object.text("status", "mergeable"))
                  .isEqualTo(reasons.length == 0 ? "True" : "False");
              assertThat(reasons(pull)).containsExactlyInAnyOrder(reasons);
            });
  }

  /** Waits until a review's status says this. */
  void awaitReview(String review, boolean current, boolean stale, boolean self) {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              ApiObject object = get(ForgeKinds.REVIEW, review);
              assertThat(
                      List.of(
                          object.isTrue("status", "current"),
                          object.isTrue("status", "stale"),
                          object.isTrue("status", "selfReview")))
                  .isEqualTo(List.of(current, stale, self));
            });
  }
}
