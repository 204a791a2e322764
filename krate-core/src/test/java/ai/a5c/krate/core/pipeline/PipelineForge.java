package ai.a5c.krate.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.MemoryForge;
import ai.a5c.krate.core.forge.CommitChecks;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.JobOwners;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import jakarta.json.JsonArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A whole forge in memory: the organization acme in the namespace team, with the repository web and
 * a pool of each tier. JSON is written with single quotes. Steps run only as far as a test says, by
 * {@link #step}, which plays the runners.
 */
final class PipelineForge extends MemoryForge {
  /** May do everything with records and code of web, and use no pool. */
  static final Subject ALICE = Subject.of("alice", "people");

  /** May use pools, too. */
  static final Subject MARA = Subject.of("mara", "people", "maintainers");

  /** May write pipelines, but sees nothing of web. */
  static final Subject STRANGER = Subject.of("sam", "strangers");

  private static final Subject RUNNERS = Subject.of(JobOwners.RUNNERS);

  PipelineForge() {
    super(PipelineForge::mayDo, "web");
    pool("safe", "Trusted");
    pool("loose", "Untrusted");
  }

  private static boolean mayDo(Attributes asked) {
    Subject who = asked.subject();
    String resource = asked.resource().resource();
    boolean record = asked.resource().group().equals(ForgeKinds.PIPELINE.group());
    boolean repository = resource.equals("repositories") && asked.name().equals("web");
    boolean plain = asked.subresource().isEmpty();
    return who.name().equals(JobOwners.RUNNERS)
        || (asked.namespace().equals(NAMESPACE)
            && ((who.in("people")
                    && ((record && plain && !resource.equals("jobs"))
                        || (repository && !asked.verb().equals("maintain"))))
                || (who.in("people") && record && asked.verb().equals("get"))
                || (who.in("maintainers") && (repository || asked.verb().equals("use")))
                || (who.in("strangers") && record && plain)));
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
    return graph.commit(files(".krate/workflows/build.yaml", workflow), parents);
  }

  /** Pushes a ref of web from where it is. */
  void push(Subject subject, String ref, @Nullable ObjectId target) {
    Map<String, @Nullable ObjectId> refs = new LinkedHashMap<>();
    refs.put(ref, target);
    push(subject, refs);
  }

  void push(Subject subject, Map<String, @Nullable ObjectId> refs) {
    var body = new StringBuilder();
    refs.forEach(
        (ref, target) ->
            body.append(ref).append(' ').append(target == null ? "-" : target.hex()).append('\n'));
    assertThat(pushAll(subject, "web", body.toString()).values()).containsOnly("ok");
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

  List<ApiObject> pipelines() {
    return all(ForgeKinds.PIPELINE);
  }

  ApiObject pipeline(String name) {
    return get(ForgeKinds.PIPELINE, name);
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
}
