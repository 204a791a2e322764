package ai.a5c.krate.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
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
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.forge.CommitChecks;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.JobOwners;
import ai.a5c.krate.core.push.GitDoor;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A whole forge in memory: the organization acme in the namespace team, with the repository web and
 * a pool of each tier. JSON is written with single quotes. Steps run only as far as a test says, by
 * {@link #step}, which plays the runners.
 */
final class PipelineForge implements AutoCloseable {
  static final String NAMESPACE = "team";
  static final Subject ROOT = Subject.of("root", Subject.MASTERS);

  /** May do everything with records and code of web, and use no pool. */
  static final Subject ALICE = Subject.of("alice", "people");

  /** May use pools, too. */
  static final Subject MARA = Subject.of("mara", "people", "maintainers");

  /** May write pipelines, but sees nothing of web. */
  static final Subject STRANGER = Subject.of("sam", "strangers");

  private static final Subject RUNNERS = Subject.of(JobOwners.RUNNERS);
  private static final Duration FUSE = Duration.ofSeconds(60);

  final FakeStorage storage =
      new FakeStorage(Set.copyOf(Krate.recordGroups()), InstantSource.system());
  final Code code = new Code();
  final Objects objects = new Objects(storage, new PlainKeys());
  private Krate krate = open();
  final Uid web;

  PipelineForge() {
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
    create(ROOT, ForgeKinds.REPOSITORY, "'name': 'web'", "").is(201);
    web = objects.get(ForgeKinds.REPOSITORY, NAMESPACE, "web").orElseThrow().uid();
    pool("safe", "Trusted");
    pool("loose", "Untrusted");
  }

  private Krate open() {
    return Krate.builder(storage, code.backend(), new PlainKeys())
        .authorizer(Authorizer.inOrder(List.of(Authorizer.masters(), PipelineForge::decide)))
        .build();
  }

  /** Ends the server, lets something happen, and starts it again on the same store. */
  void restart(Runnable meanwhile) {
    krate.close();
    meanwhile.run();
    krate = open();
  }

  private static Decision decide(Attributes asked) {
    Subject who = asked.subject();
    String resource = asked.resource().resource();
    boolean record = asked.resource().group().equals(ForgeKinds.PIPELINE.group());
    boolean repository = resource.equals("repositories") && asked.name().equals("web");
    boolean plain = asked.subresource().isEmpty();
    boolean allowed =
        who.name().equals(JobOwners.RUNNERS)
            || (asked.namespace().equals(NAMESPACE)
                && ((who.in("people")
                        && ((record && plain && !resource.equals("jobs"))
                            || (repository && !asked.verb().equals("maintain"))))
                    || (who.in("people") && record && asked.verb().equals("get"))
                    || (who.in("maintainers") && (repository || asked.verb().equals("use")))
                    || (who.in("strangers") && record && plain)));
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
          .map(cause -> cause.getString("field", "") + ": " + cause.getString("message", ""))
          .toList();
    }
  }

  Answer call(Subject subject, String method, String path, String body) {
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    try (ApiResponse response =
        krate.endpoint(subject).call(ApiRequest.of(method, path, type, body.replace('\'', '"')))) {
      Bytes text = Bytes.owning(response.body().readAllBytes());
      return new Answer(response.status(), new ApiObject(Json.parse(text, 1 << 24).object()));
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

  void pool(String name, String tier) {
    create(
            ROOT,
            ForgeKinds.RUNNER_POOL,
            "'name': '" + name + "'",
            "'trustTier': '" + tier + "', 'executor': 'Process'")
        .is(201);
  }

  /** A workflow of that name with steps, each of which needs the one before. */
  static String workflow(String name, String on, String... steps) {
    StringBuilder text =
        new StringBuilder(
            """
            apiVersion: krate.a5c.ai/v1alpha1
            kind: Workflow
            metadata: {name: "%s"}
            spec:
              on: {%s}
              steps:
            """
                .formatted(name, on));
    for (String step : steps) {
      text.append("  - {name: ").append(step).append(", script: \"true\"}\n");
    }
    return text.toString();
  }

  static Map<String, String> files(String... pathsAndTexts) {
    Map<String, String> files = new TreeMap<>();
    for (int i = 0; i < pathsAndTexts.length; i += 2) {
      files.put(pathsAndTexts[i], pathsAndTexts[i + 1]);
    }
    return files;
  }

  /** A commit with one workflow file. */
  ObjectId commit(String workflow, ObjectId... parents) {
    return code.commit(files(".krate/workflows/build.yaml", workflow), parents);
  }

  /** Pushes a ref of web from where it is. */
  void push(Subject subject, String ref, @Nullable ObjectId target) {
    Map<String, @Nullable ObjectId> refs = new LinkedHashMap<>();
    refs.put(ref, target);
    push(subject, refs);
  }

  void push(Subject subject, Map<String, @Nullable ObjectId> refs) {
    var answer = krate.git(Caller.inProcess(subject), "acme", "web", GitService.RECEIVE_PACK);
    List<String> lines = new ArrayList<>();
    refs.forEach(
        (ref, target) -> {
          String from = objects.records().ref(web, new RefName(ref)).map(ObjectId::hex).orElse("-");
          lines.add(ref + " " + from + " " + (target == null ? "-" : target.hex()));
        });
    var out = new ByteArrayOutputStream();
    byte[] body = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    try {
      ((GitDoor.Answer.Open) answer).visit().push(new ByteArrayInputStream(body), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  /** Stores a pipeline past everything that would refuse it. */
  void slip(ApiObject pipeline) {
    String[] parts =
        pipeline.json().toString().split("(?<=\"resourceVersion\":\")[0-9]+(?=\")", -1);
    Template content =
        Template.builder().text(parts[0]).slot(new Slot.RevisionOf(0)).text(parts[1]).build();
    Kind kind = ForgeKinds.PIPELINE;
    var key = new Key<>(Boundary.Records.RECORDS, kind.resource(), NAMESPACE, pipeline.name());
    var put = Operation.Put.of(key, Expected.absent(), new Document(content, kind.version(), null));
    assertThat(storage.records().commit(new Transaction<>("test", List.of(put))))
        .isInstanceOf(CommitOutcome.Committed.class);
  }

  List<ApiObject> all(Kind kind) {
    return objects.list(kind, NAMESPACE, null, 1_000, null).objects().stream()
        .map(stored -> objects.read(kind, stored))
        .toList();
  }

  List<ApiObject> pipelines() {
    return all(ForgeKinds.PIPELINE);
  }

  ApiObject pipeline(String name) {
    return objects.get(ForgeKinds.PIPELINE, NAMESPACE, name).orElseThrow();
  }

  /** The one pipeline that there is at last. */
  String onlyPipeline() {
    await().atMost(FUSE).until(() -> pipelines().size() == 1);
    return pipelines().getFirst().name();
  }

  /** Waits until everything that has happened was read, and what it starts was started. */
  void settle() {
    long head = storage.records().head().value();
    await().atMost(FUSE).until(() -> storage.records().counter(TriggerPosition.COUNTER) >= head);
  }

  void awaitPhase(String pipeline, String phase) {
    await()
        .atMost(FUSE)
        .untilAsserted(
            () -> {
              String found = pipeline(pipeline).text("status", "phase");
              boolean waits = found.equals("Blocked") && condition(pipeline).contains(" Blocked: ");
              assertThat(waits ? "Queued" : found).isEqualTo(phase);
            });
  }

  String condition(String pipeline) {
    return pipeline(pipeline)
        .at("status", "conditions")
        .map(all -> ((JsonArray) all).getJsonObject(0))
        .map(
            c ->
                c.getString("status")
                    + " "
                    + c.getString("reason")
                    + ": "
                    + c.getString("message", ""))
        .orElse("");
  }

  String jobPhase(String pipeline, int index) {
    return objects
        .get(ForgeKinds.JOB, NAMESPACE, pipeline + "-" + index)
        .map(job -> job.text("status", "phase"))
        // Runners that have nothing to run jobs with may say so.
        .map(phase -> phase.equals("Blocked") ? "Queued" : phase)
        .orElse("none");
  }

  void awaitJobs(String pipeline, String... phases) {
    await()
        .atMost(FUSE)
        .untilAsserted(
            () -> {
              List<String> found = new ArrayList<>();
              for (int i = 0; i < phases.length; i++) {
                found.add(jobPhase(pipeline, i));
              }
              assertThat(found).containsExactly(phases);
            });
  }

  /** Lets a queued job run to its end, as a runner would. */
  void step(String pipeline, int index, int exitCode) {
    awaitQueued(pipeline, index);
    run(pipeline, index);
    String end =
        exitCode == 0
            ? "'phase': 'Succeeded', 'exitCode': 0"
            : "'phase': 'Failed', 'failureSignature': 'sig-%s', 'exitCode': %s"
                .formatted(exitCode, exitCode);
    say(pipeline, index, "{'status': {" + end + ", 'completionTime': '2030-01-01T00:01:00Z'}}")
        .is(200);
  }

  private void awaitQueued(String pipeline, int index) {
    await().atMost(FUSE).until(() -> jobPhase(pipeline, index).equals("Queued"));
  }

  /** Lets a job run that is queued. */
  void run(String pipeline, int index) {
    await()
        .atMost(FUSE)
        .until(
            () -> {
              var unused = say(pipeline, index, "{'status': {'phase': 'Queued'}}");
              return say(
                          pipeline,
                          index,
                          "{'status': {'phase': 'Running', 'startTime': '2030-01-01T00:00:00Z'}}")
                      .code()
                  == 200;
            });
  }

  Answer say(String pipeline, int index, String status) {
    return call(
        RUNNERS, "PATCH", path(ForgeKinds.JOB) + "/" + pipeline + "-" + index + "/status", status);
  }

  /** The checks on a commit: source, name and phase, as merging would see them. */
  List<String> checks(ObjectId commit) {
    var stored = objects.get(CommitChecks.KIND, "", CommitChecks.key(web, commit.hex()));
    return CommitChecks.of(stored).all().stream()
        .map(one -> one.source() + " " + one.name() + " " + one.phase())
        .toList();
  }

  void awaitChecks(ObjectId commit, String... checks) {
    await().atMost(FUSE).untilAsserted(() -> assertThat(checks(commit)).containsExactly(checks));
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
