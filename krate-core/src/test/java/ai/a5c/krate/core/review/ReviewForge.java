package ai.a5c.krate.core.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.push.GitDoor;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.testkit.storage.FakeStorage;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A whole forge in memory: the organization acme in the namespace team, with the repositories web,
 * where people work, and api, where they may not. JSON is written with single quotes.
 */
final class ReviewForge implements AutoCloseable {
  static final String NAMESPACE = "team";

  /** Where people work: the repository, and what tests make of it. */
  private static final Set<String> WORKED_ON = Set.of("web", "fork", "twig");

  static final Subject ROOT = Subject.of("root", Subject.MASTERS);
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

  final FakeStorage storage =
      new FakeStorage(Set.copyOf(Krate.recordGroups()), InstantSource.system());
  final Graph graph = new Graph(storage.records());
  final Objects objects = new Objects(storage, new PlainKeys());
  final Krate krate;
  final Uid web;
  final ObjectId first;

  ReviewForge() {
    krate =
        Krate.builder(storage, graph, new PlainKeys())
            .authorizer(Authorizer.inOrder(List.of(Authorizer.masters(), ReviewForge::decide)))
            .build();
    call(
            ROOT,
            "POST",
            "/apis/config.krate.a5c.ai/v1alpha1/organizations",
            document(
                ForgeKinds.ORGANIZATION,
                "'name': 'acme'",
                "'displayName': 'Acme', 'namespace': 'team'"))
        .is(201);
    await()
        .until(
            () ->
                objects
                    .get(ForgeKinds.ORGANIZATION, "", "acme")
                    .filter(acme -> acme.text("status", "namespace").equals(NAMESPACE))
                    .isPresent());
    create(ROOT, ForgeKinds.REPOSITORY, "'name': 'web'", "").is(201);
    create(ROOT, ForgeKinds.REPOSITORY, "'name': 'api'", "").is(201);
    web = objects.get(ForgeKinds.REPOSITORY, NAMESPACE, "web").orElseThrow().uid();
    first = graph.commit();
    push(ROOT, "main", first);
    push(ROOT, "release", first);
  }

  private static Decision decide(Attributes asked) {
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
    boolean allowed =
        asked.namespace().equals(NAMESPACE)
            && plain
            && ((who.in("people") && works)
                || (who.in("people")
                    && (resource.equals("checks") || (here && asked.subresource().equals("checks")))
                    && asked.verb().equals("get"))
                || (who.in("maintainers") && here && asked.verb().equals("maintain"))
                || (who.in("forkers") && creates)
                || (who.in("checkers") && checks)
                || (who.in("readers") && here && asked.verb().equals("get"))
                || (who.in("strangers")
                    && (records.contains(resource) || resource.equals("checks"))));
    return allowed ? new Decision.Allow("by the test") : new Decision.NoOpinion();
  }

  /** An answer of the API: its code and its JSON. */
  record Answer(int code, ApiObject body) {
    Answer is(int wanted) {
      assertThat(code).as(() -> body.json().toString()).isEqualTo(wanted);
      return this;
    }

    String message() {
      return body.text("message");
    }

    List<String> causes() {
      return JsonTree.at(body.json(), "details", "causes")
          .map(causes -> ((JsonArray) causes).getValuesAs(JsonObject.class))
          .orElse(List.of())
          .stream()
          .map(cause -> cause.getString("message", ""))
          .toList();
    }
  }

  Answer call(Subject subject, String method, String path, String body) {
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    try (ApiResponse response =
        krate.endpoint(subject).call(ApiRequest.of(method, path, type, body.replace('\'', '"')))) {
      Bytes text = Bytes.owning(response.body().readAllBytes());
      return new Answer(response.status(), new ApiObject(Json.parse(text, 1 << 20).object()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String path(Kind kind) {
    return "/apis/" + kind.apiVersion() + "/namespaces/" + NAMESPACE + "/" + kind.plural();
  }

  static String document(Kind kind, String metadata, String spec) {
    return "{'apiVersion': '%s', 'kind': '%s', 'metadata': {%s}, 'spec': {%s}}"
        .formatted(kind.apiVersion(), kind.name(), metadata, spec);
  }

  Answer create(Subject subject, Kind kind, String metadata, String spec) {
    return call(subject, "POST", path(kind), document(kind, metadata, spec));
  }

  Answer patch(Subject subject, Kind kind, String name, String patch) {
    return call(subject, "PATCH", path(kind) + "/" + name, patch);
  }

  Answer delete(Subject subject, Kind kind, String name) {
    return call(subject, "DELETE", path(kind) + "/" + name, "");
  }

  ApiObject get(Kind kind, String name) {
    return objects.get(kind, NAMESPACE, name).orElseThrow();
  }

  /** Pushes a branch of web from where it is; the answer is empty, or why not. */
  String push(Subject subject, String branch, @Nullable ObjectId target) {
    return push(subject, "web", branch, target);
  }

  /** Pushes a branch of a repository from where it is; the answer is empty, or why not. */
  String push(Subject subject, String repository, String branch, @Nullable ObjectId target) {
    GitDoor.Answer answer =
        krate.git(Caller.inProcess(subject), "acme", repository, GitService.RECEIVE_PACK);
    if (!(answer instanceof GitDoor.Answer.Open open)) {
      return answer.getClass().getSimpleName();
    }
    Uid uid = get(ForgeKinds.REPOSITORY, repository).uid();
    String from = graph.at(uid, branch).map(ObjectId::hex).orElse("-");
    String body = "refs/heads/" + branch + " " + from + " " + (target == null ? "-" : target.hex());
    var out = new ByteArrayOutputStream();
    try {
      open.visit().push(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Pushes a new commit on top of a branch. */
  ObjectId advance(Subject subject, String branch) {
    ObjectId next = graph.commit(graph.at(web, branch).orElse(first));
    assertThat(push(subject, branch, next)).isEmpty();
    return next;
  }

  /** Protects branches of web. */
  void protect(String name, String spec) {
    create(
            ROOT,
            ForgeKinds.BRANCH_PROTECTION,
            "'name': '" + name + "'",
            "'branches': ['main'], " + spec)
        .is(201);
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

  @Override
  public void close() {
    krate.close();
    storage.close();
  }

  /** Keys that wrap nothing. */
  private static final class PlainKeys implements KeyService {
    @Override
    public String currentKeyId() {
      return "plain";
    }

    @Override
    public Bytes wrap(String keyId, Secret dataKey, String context) {
      return Bytes.copyOf(dataKey.reveal());
    }

    @Override
    public Secret unwrap(String keyId, Bytes wrapped, String context) {
      return Secret.of(wrapped.toArray());
    }
  }
}
