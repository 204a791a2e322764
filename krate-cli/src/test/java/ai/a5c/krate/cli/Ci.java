package ai.a5c.krate.cli;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The pipelines of a forge, as people with git and kubectl have them. */
record Ci(Forge forge, Kubectl kubectl) {
  /** For everything that has to happen, on a machine with much else to do. */
  static final Duration PATIENCE = Duration.ofSeconds(120);

  static final String PATH = ".krate/workflows/build.yaml";
  static final Set<String> ENDED = Set.of("Succeeded", "Failed", "Canceled");

  /** A forge whose organization has no pool yet. */
  static Ci create(ServerProcess server, Path folder, String organization) throws Exception {
    Forge forge = Forge.create(server, folder.resolve(organization), organization, "web");
    return new Ci(forge, administrator(server, folder));
  }

  /** The same with a trusted pool. */
  static Ci createWithPool(ServerProcess server, Path folder, String organization)
      throws Exception {
    Ci ci = create(server, folder, organization);
    ci.pool("warmReplicas: 0");
    return ci;
  }

  static Kubectl administrator(ServerProcess server, Path folder) throws IOException {
    return new Kubectl(
        Kubectl.programs().getFirst(),
        Files.createDirectories(folder.resolve("home")),
        server.data());
  }

  /** A forge that is there already, with the clone that it was made with. */
  static Ci administered(ServerProcess server, Path folder, String organization)
      throws IOException {
    var git = new GitClient(folder.resolve(organization), server.data());
    return new Ci(new Forge(server, git, organization, "web"), administrator(server, folder));
  }

  /** Makes or changes the trusted pool. */
  void pool(String fields) {
    apply(
        """
        apiVersion: config.krate.a5c.ai/v1alpha1
        kind: RunnerPool
        metadata: {name: trusted, namespace: %s}
        spec: {trustTier: Trusted, executor: Process, %s}
        """
            .formatted(forge.namespace(), fields));
  }

  void apply(String manifest) {
    kubectl.runWith(manifest, "apply", "-f", "-");
  }

  String run(String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "-n";
    all[arguments.length + 1] = forge.namespace();
    return kubectl.run(all);
  }

  /** A workflow of that name with steps, as YAML that begins at the margin. */
  static String workflow(String name, String fields, String steps) {
    return "apiVersion: krate.a5c.ai/v1alpha1\nkind: Workflow\nmetadata: {name: "
        + name
        + "}\nspec:\n"
        + fields.indent(2)
        + "  steps:\n"
        + steps.indent(4);
  }

  /** A workflow that pushes and people start. */
  static String workflow(String steps) {
    return workflow("build", "on: {push: {}, manual: {}}", steps);
  }

  /** A step that bash runs. */
  static String step(String name, String script) {
    return "- name: " + name + "\n  script: |\n" + ("#!/bin/bash\nset -e\n" + script).indent(4);
  }

  static String step(String name, String script, String fields) {
    return step(name, script) + fields.indent(2);
  }

  /** Writes a file of the clone, which its next commit has. */
  void write(String file, String content) throws IOException {
    Path path = forge.git().folder().resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  /** Commits everything and pushes the branch that is checked out; gives the commit. */
  String push() {
    commit("Change something");
    forge.git().run("push", "-q", forge.url(), "HEAD");
    return forge.git().run("rev-parse", "HEAD");
  }

  void commit(String message) {
    forge.git().run("add", "-A");
    forge.git().run("commit", "-q", "-m", message, "--allow-empty");
  }

  /** Pushes a workflow file, and waits for its pipeline. */
  String start(String workflow) throws IOException {
    write(PATH, workflow);
    return pipelineOf(push());
  }

  /** Waits for the pipeline that a commit starts, and gives its name. */
  String pipelineOf(String commit) {
    Waiting.until("a pipeline runs " + commit, PATIENCE, () -> pipelinesOf(commit).size() == 1);
    return pipelinesOf(commit).iterator().next();
  }

  Set<String> pipelinesOf(String commit) {
    Set<String> names = new TreeSet<>();
    for (JsonObject pipeline : list("pipelines", "")) {
      if (Api.text(pipeline, "spec", "commit").equals(commit)) {
        names.add(Api.text(pipeline, "metadata", "name"));
      }
    }
    return names;
  }

  /** Creates a pipeline by hand, and gives its name. */
  String create(String fields) {
    return kubectl.runWith(
        manifest(fields), "create", "-f", "-", "-o", "jsonpath={.metadata.name}");
  }

  String manifest(String fields) {
    return """
        apiVersion: krate.a5c.ai/v1alpha1
        kind: Pipeline
        metadata: {generateName: by-hand-, namespace: %s}
        spec: {repository: web, workflow: %s, ref: refs/heads/main, %s}
        """
        .formatted(forge.namespace(), PATH, fields);
  }

  List<JsonObject> list(String plural, String query) {
    return forge
        .server()
        .api()
        .get(Api.records(forge.namespace(), plural) + query)
        .expect(200)
        .items();
  }

  Api.Answer pipeline(String name) {
    return forge.server().api().get(Api.records(forge.namespace(), "pipelines") + "/" + name);
  }

  Api.Answer job(String pipeline, int index) {
    return forge.server().api().get(jobPath(pipeline, index)).expect(200);
  }

  String jobPath(String pipeline, int index) {
    return Api.records(forge.namespace(), "jobs") + "/" + pipeline + "-" + index;
  }

  /** The phases of a pipeline's jobs, in the order of its steps. */
  List<String> phases(String pipeline) {
    return list("jobs", "?fieldSelector=spec.pipeline%3D" + pipeline).stream()
        .sorted(Comparator.comparingInt(job -> job.getJsonObject("spec").getInt("index", 0)))
        .map(job -> Api.text(job, "status", "phase"))
        .toList();
  }

  String phase(String pipeline) {
    return pipeline(pipeline).expect(200).text("status", "phase");
  }

  /** Waits until a pipeline is in a phase; fails at once if it has ended in another. */
  void await(String pipeline, String phase) {
    Waiting.until(
        pipeline + " is " + phase,
        PATIENCE,
        () -> {
          String now = phase(pipeline);
          if (!now.equals(phase) && ENDED.contains(now)) {
            throw new AssertionError(
                pipeline + " is " + now + ", not " + phase + ": " + pipeline(pipeline).text());
          }
          return now.equals(phase);
        });
  }

  /** What a step printed, in its last attempt. */
  String log(String pipeline, int index) {
    return kubectl.run("get", "--raw", jobPath(pipeline, index) + "/log");
  }

  /** Why a pipeline is as it is. */
  String message(String pipeline) {
    return run("get", "pl/" + pipeline, "-o", "jsonpath={.status.conditions[0].message}");
  }

  /** The field of a pool. */
  String ofPool(String path) {
    return run("get", "pool/trusted", "-o", "jsonpath={" + path + "}");
  }
}
