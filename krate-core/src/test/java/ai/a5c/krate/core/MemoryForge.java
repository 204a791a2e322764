package ai.a5c.krate.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Bytes;
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
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.push.GitDoor;
import ai.a5c.krate.spi.git.GitService;
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
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A whole forge in memory: the organization acme in the namespace team, with its repositories. JSON
 * is written with single quotes.
 */
public abstract class MemoryForge implements AutoCloseable {
  public static final String NAMESPACE = "team";
  public static final Subject ROOT = Subject.of("root", Subject.MASTERS);
  protected static final Duration FUSE = Duration.ofSeconds(60);

  public final FakeStorage storage =
      new FakeStorage(Set.copyOf(Krate.recordGroups()), InstantSource.system());
  public final CommitGraph graph = new CommitGraph(storage.records());
  public final Objects objects = new Objects(storage, new PlainKeys());

  /** The repository web. */
  public final Uid web;

  private final Predicate<Attributes> allowed;
  private volatile Krate krate;

  /** Whoever is no master may do what is allowed, and nothing else. */
  protected MemoryForge(Predicate<Attributes> allowed, String... repositories) {
    this.allowed = allowed;
    this.krate = open();
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
        .atMost(FUSE)
        .until(
            () ->
                objects
                    .get(ForgeKinds.ORGANIZATION, "", "acme")
                    .filter(acme -> acme.text("status", "namespace").equals(NAMESPACE))
                    .isPresent());
    for (String repository : repositories) {
      create(ROOT, ForgeKinds.REPOSITORY, "'name': '" + repository + "'", "").is(201);
    }
    web = get(ForgeKinds.REPOSITORY, "web").uid();
  }

  private Krate open() {
    Authorizer people =
        asked -> allowed.test(asked) ? new Decision.Allow("by the test") : new Decision.NoOpinion();
    return Krate.builder(storage, graph, new PlainKeys())
        .authorizer(Authorizer.inOrder(List.of(Authorizer.masters(), people)))
        .build();
  }

  public final Krate krate() {
    return krate;
  }

  /** Ends the server, lets something happen, and starts it again on the same store. */
  public final void restart(Runnable meanwhile) {
    krate.close();
    meanwhile.run();
    krate = open();
  }

  /** An answer of the API: its code and its JSON. */
  public record Answer(int code, ApiObject body) {
    public Answer is(int wanted) {
      assertThat(code).as(() -> body.json().toString()).isEqualTo(wanted);
      return this;
    }

    public String message() {
      return body.text("message");
    }

    /** The causes of a refusal: field and message. */
    public List<String> causes() {
      return JsonTree.at(body.json(), "details", "causes")
          .map(causes -> ((JsonArray) causes).getValuesAs(JsonObject.class))
          .orElse(List.of())
          .stream()
          .map(cause -> cause.getString("field", "") + ": " + cause.getString("message", ""))
          .toList();
    }
  }

  public final Answer call(Subject subject, String method, String path, String body) {
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    try (ApiResponse response =
        krate.endpoint(subject).call(ApiRequest.of(method, path, type, body.replace('\'', '"')))) {
      Bytes text = Bytes.owning(response.body().readAllBytes());
      return new Answer(response.status(), new ApiObject(Json.parse(text, 1 << 24).object()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String path(Kind kind) {
    return "/apis/" + kind.apiVersion() + "/namespaces/" + NAMESPACE + "/" + kind.plural();
  }

  public static String document(Kind kind, String metadata, String spec) {
    return "{'apiVersion': '%s', 'kind': '%s', 'metadata': {%s}, 'spec': {%s}}"
        .formatted(kind.apiVersion(), kind.name(), metadata, spec);
  }

  public final Answer create(Subject subject, Kind kind, String metadata, String spec) {
    return call(subject, "POST", path(kind), document(kind, metadata, spec));
  }

  public final Answer patch(Subject subject, Kind kind, String name, String patch) {
    return call(subject, "PATCH", path(kind) + "/" + name, patch);
  }

  public final Answer delete(Subject subject, Kind kind, String name) {
    return call(subject, "DELETE", path(kind) + "/" + name, "");
  }

  public final ApiObject get(Kind kind, String name) {
    return objects.get(kind, NAMESPACE, name).orElseThrow();
  }

  public final List<ApiObject> all(Kind kind) {
    return objects.list(kind, NAMESPACE, null, 1_000_000, null).objects().stream()
        .map(stored -> objects.read(kind, stored))
        .toList();
  }

  /** Protects branches of web. */
  public final void protect(String name, String spec) {
    create(ROOT, ForgeKinds.BRANCH_PROTECTION, "'name': '" + name + "'", spec).is(201);
  }

  /**
   * Pushes refs from where they are, as {@link CommitGraph} reads a push: what became of each,
   * {@code ok} or why not. Where the door stays shut, {@code door} has its answer.
   */
  public final Map<String, String> pushAll(Subject subject, String repository, String body) {
    GitDoor.Answer answer =
        krate.git(Caller.inProcess(subject), "acme", repository, GitService.RECEIVE_PACK);
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
        .map(line -> line.split(" ", 2))
        .forEach(words -> outcome.put(words[0], words[1]));
    return outcome;
  }

  /** What became of one ref; a null target deletes it. */
  public final String push(
      Subject subject, String repository, String ref, @Nullable ObjectId target) {
    String body = ref + " " + (target == null ? "-" : target.hex());
    return pushAll(subject, repository, body).values().iterator().next();
  }

  @Override
  public final void close() {
    krate.close();
    storage.close();
  }
}
