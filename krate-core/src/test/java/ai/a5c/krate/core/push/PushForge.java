package ai.a5c.krate.core.push;

import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A whole forge in memory: the organization acme in the namespace team, its repositories web and
 * api, and people who may do different things.
 */
final class PushForge implements AutoCloseable {
  static final String NAMESPACE = "team";
  static final Subject ROOT = Subject.of("root", Subject.MASTERS);

  /** Writes code. */
  static final Subject DEVELOPER = Subject.of("dora", "developers");

  /** Writes code, and is on the lists of pushers. */
  static final Subject PUSHER = Subject.of("pia", "developers", "releasers");

  /** Writes code, and is on the lists of bypassers. */
  static final Subject BYPASSER = Subject.of("bela", "developers");

  /** May do everything in the namespace. */
  static final Subject ADMIN = Subject.of("ada", "admins");

  /** May write BranchProtections, and maintain the repository web. */
  static final Subject KEEPER = Subject.of("kim", "developers", "keepers");

  /** Reads code. */
  static final Subject READER = Subject.of("rita", "readers");

  static final Subject STRANGER = Subject.of("sam");

  final FakeStorage storage =
      new FakeStorage(Set.copyOf(Krate.recordGroups()), InstantSource.system());
  final CommitGraph graph = new CommitGraph(storage.records());
  final Objects objects = new Objects(storage, new PlainKeys());
  final Krate krate;
  private final AtomicReference<Uid> web = new AtomicReference<>();

  PushForge() {
    krate =
        Krate.builder(storage, graph, new PlainKeys())
            .authorizer(Authorizer.inOrder(List.of(Authorizer.masters(), PushForge::decide)))
            .build();
    create(
        ROOT,
        "/apis/config.krate.a5c.ai/v1alpha1/organizations",
        """
        {"apiVersion": "config.krate.a5c.ai/v1alpha1", "kind": "Organization",
         "metadata": {"name": "acme"}, "spec": {"displayName": "Acme", "namespace": "team"}}\
        """);
    await().until(() -> objects.get(ForgeKinds.NAMESPACE, "", NAMESPACE).isPresent());
    await()
        .until(
            () ->
                objects
                    .get(ForgeKinds.ORGANIZATION, "", "acme")
                    .filter(acme -> acme.text("status", "namespace").equals(NAMESPACE))
                    .isPresent());
    for (String name : List.of("web", "api")) {
      create(
          ROOT,
          configuration("repositories"),
          """
          {"apiVersion": "config.krate.a5c.ai/v1alpha1", "kind": "Repository",
           "metadata": {"name": "%s"}, "spec": {}}\
          """
              .formatted(name));
    }
    web.set(objects.get(ForgeKinds.REPOSITORY, NAMESPACE, "web").orElseThrow().uid());
  }

  private static Decision decide(Attributes asked) {
    Subject who = asked.subject();
    boolean git = asked.resource().equals(ForgeKinds.REPOSITORY.resource());
    boolean codes =
        (git && Set.of("git", "pullrequests").contains(asked.subresource()))
            || (git && asked.verb().equals("merge"))
            || asked.resource().equals(ForgeKinds.PULL_REQUEST.resource());
    boolean keeps =
        asked.resource().equals(ForgeKinds.BRANCH_PROTECTION.resource())
            || (git && asked.verb().equals("maintain") && asked.name().equals("web"));
    boolean reads = git && asked.verb().equals("get") && asked.subresource().equals("git");
    boolean allowed =
        asked.namespace().equals(NAMESPACE)
            && (who.in("admins")
                || (who.in("developers") && codes)
                || (who.in("readers") && reads)
                || (who.in("keepers") && keeps));
    return allowed ? new Decision.Allow("by the test") : new Decision.NoOpinion();
  }

  static String configuration(String plural) {
    return "/apis/config.krate.a5c.ai/v1alpha1/namespaces/" + NAMESPACE + "/" + plural;
  }

  static String records(String plural) {
    return "/apis/krate.a5c.ai/v1alpha1/namespaces/" + NAMESPACE + "/" + plural;
  }

  Uid web() {
    return web.get();
  }

  /** An answer of the API: its code and its JSON. */
  record Answer(int code, ApiObject body) {}

  Answer call(Subject subject, String method, String path, String body) {
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    try (ApiResponse response =
        krate.endpoint(subject).call(ApiRequest.of(method, path, type, body))) {
      Bytes text = Bytes.owning(response.body().readAllBytes());
      return new Answer(response.status(), new ApiObject(Json.parse(text, 1 << 20).object()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ApiObject create(Subject subject, String path, String json) {
    Answer answer = call(subject, "POST", path, json);
    if (answer.code() != 201) {
      throw new AssertionError(answer.body().json().toString());
    }
    return answer.body();
  }

  /** The document of a BranchProtection; single quotes stand for double ones. */
  static String protection(String name, String spec) {
    return """
    {'apiVersion': 'config.krate.a5c.ai/v1alpha1', 'kind': 'BranchProtection',
     'metadata': {'name': '%s'}, 'spec': {%s}}\
    """
        .formatted(name, spec)
        .replace('\'', '"');
  }

  /** Protects branches; single quotes stand for double ones. */
  void protect(String name, String spec) {
    ApiObject unused = create(ROOT, configuration("branchprotections"), protection(name, spec));
  }

  void unprotect(String name) {
    Answer answer = call(ROOT, "DELETE", configuration("branchprotections") + "/" + name, "");
    if (answer.code() != 200) {
      throw new AssertionError(answer.body().json().toString());
    }
  }

  /** What became of each ref of a push: {@code ok}, or why not. */
  Map<String, String> push(Subject subject, String body) {
    GitDoor.Answer answer =
        krate.git(Caller.inProcess(subject), "acme", "web", GitService.RECEIVE_PACK);
    if (!(answer instanceof GitDoor.Answer.Open open)) {
      return Map.of("door", answer.getClass().getSimpleName());
    }
    var out = new ByteArrayOutputStream();
    try {
      open.visit().push(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> outcome = new TreeMap<>();
    out.toString(StandardCharsets.UTF_8)
        .lines()
        .forEach(
            line -> {
              String[] words = line.split(" ", 3);
              outcome.put(words[0], words[1].equals("ok") ? "ok" : words[2]);
            });
    return outcome;
  }

  /** What became of one ref; a null target deletes it. */
  String push(Subject subject, String ref, @Nullable ObjectId target) {
    Map<String, String> outcome = push(subject, ref + " " + (target == null ? "-" : target));
    return outcome.values().iterator().next();
  }

  Optional<ObjectId> at(String ref) {
    return storage.records().ref(web(), new RefName(ref));
  }

  /** The audit entries of pushes. */
  List<ApiObject> pushEntries() {
    return objects.list(ForgeKinds.AUDIT_EVENT, NAMESPACE, null, 1_000_000, null).objects().stream()
        .map(stored -> objects.read(ForgeKinds.AUDIT_EVENT, stored))
        .filter(entry -> entry.text("resource", "subresource").equals("git"))
        .toList();
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
