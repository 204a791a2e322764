package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.testkit.api.TierDoors.Person;
import ai.a5c.krate.testkit.git.Git;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What {@link TrustTierSuite} plays with: an organization with a repository, a fork of it, one that
 * has nothing to do with either, pools of every sort, and a secret.
 */
final class TierForge {
  static final String ORGANIZATION = "tiers";
  static final String WEB = "web";
  static final String FORK = "web-1";
  static final String OTHER = "other";
  static final String SAFE = "safe";
  static final String LOOSE = "loose";
  static final String LIE = "somebody says so";

  /** The pools that are asked for; the last three take nothing of ours. */
  static final List<String> POOLS = List.of("", SAFE, LOOSE, "foreign", "leaving", "missing");

  /** The branch of the clone that everything begins with. */
  static final String BASE = "base";

  private static final String CANARY = "canary-4f1d9b0c7e6a2835d1c4b7a90";

  private static final String WORKFLOW =
      """
      apiVersion: krate.a5c.ai/v1alpha1
      kind: Workflow
      metadata: {name: probe}
      spec:
        on: {manual: {}, pullRequest: {}, push: {branches: ["pushed-*"]}}
        parameters: [{name: HOLD, defaultValue: ""}]
        secrets: [canary]
        steps:
        - name: probe
          script: |
            env | sort
            for f in "$KRATE_SECRETS"/*; do
              if [ -f "$f" ]; then
                echo "secret $(basename "$f")"
                echo "length $(wc -c < "$f" | tr -d ' ')"
                cat "$f"; echo; base64 "$f"
                for c in $(fold -w 5 "$f"); do printf '%s' "$c"; done; echo
              fi
            done
            echo "secrets end"
            sed -n 's/^ *\\([^ :]*\\):.*/net \\1/p' /proc/net/dev
            echo "network end"
            if [ -n "$HOLD" ]; then sleep 600; fi
      """;

  private final TierDoors doors;
  private final TierApi api;
  private final Map<String, Code> codes = new LinkedHashMap<>();

  /** Repository and commit of what is, or was, in the history of its branch or tag. */
  private final Set<String> trusted = new HashSet<>();

  private final Set<String> trustedPools = new HashSet<>();
  private final Git git;
  private String ownPull = "";
  private String foreignPull = "";

  /** What becomes of code that somebody asks for. */
  enum Expected {
    TRUSTED("Trusted"),
    UNTRUSTED("Untrusted"),
    /** There is no such code. */
    REFUSED("");

    private final String tier;

    Expected(String tier) {
      this.tier = tier;
    }

    String tier() {
      return tier;
    }
  }

  /**
   * Where code may be said to be.
   *
   * @param commit that is asked for; empty for the one that the ref is at
   */
  record Code(String name, String repository, String ref, String commit, Expected expected) {}

  TierForge(TierDoors doors, TierApi api) {
    this.doors = doors;
    this.api = api;
    this.git = Git.init(doors.folder().resolve("clone"));
  }

  /** Makes everything. */
  void build() throws Exception {
    api.post(
            Person.ADMIN,
            TierApi.CONFIG + "/organizations",
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"Organization",
             "metadata":{"name":"%s"},
             "spec":{"displayName":"Tiers","grants":[
              {"role":"RepoAdmin","subjects":[{"kind":"Group","name":"tier-maintainers"}]},
              {"role":"Developer","subjects":[{"kind":"Group","name":"tier-developers"}]},
              {"role":"Viewer","subjects":[{"kind":"Group","name":"tier-viewers"}]}]}}"""
                .formatted(ORGANIZATION))
        .is(201);
    api.await(
        "the organization is there",
        () ->
            api.get(Person.ADMIN, TierApi.CONFIG + "/organizations/" + ORGANIZATION)
                .body()
                .toString()
                .contains("\"type\":\"Ready\",\"status\":\"True\""));
    api.post(
            Person.ADMIN,
            "/api/v1/namespaces/" + TierApi.NAMESPACE + "/secrets",
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"canary\"},"
                + "\"stringData\":{\"value\":\""
                + CANARY
                + "\"}}")
        .is(201);
    api.post(
            Person.ADMIN,
            api.config("webhooksubscriptions"),
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"WebhookSubscription",
             "metadata":{"name":"all"},"spec":{"url":"https://hooks.example.org/",
             "events":["*"],"secretRefs":[{"name":"canary","key":"value"}],"suspended":true}}""")
        .is(201);
    repository(WEB, "\"secrets\":[\"canary\"]");
    repository(OTHER, "");
    pool(SAFE, "\"trustTier\":\"Trusted\",\"secrets\":[\"canary\"]");
    pool(LOOSE, "\"trustTier\":\"Untrusted\"");
    pool("foreign", "\"trustTier\":\"Trusted\",\"repositories\":[\"other\"]");
    pool("leaving", "\"trustTier\":\"Trusted\",\"secrets\":[\"canary\"]");
    api.delete(Person.ADMIN, api.config("runnerpools") + "/leaving").is(200);
    buildCode();
  }

  private void buildCode() {
    git.write(".krate/workflows/probe.yaml", WORKFLOW);
    String first = git.commit("README", "Hello.\n");
    String second = git.commit("more", "More.\n");
    git.run("branch", BASE);
    push(Person.MAINTAINER, WEB, "main:refs/heads/main");
    git.run("tag", "v1", first);
    git.run("tag", "-a", "-m", "two", "v2", second);
    String tagObject = git.run("rev-parse", "v2");
    push(Person.MAINTAINER, WEB, "v1", "v2");
    String topic = commit("topic", BASE, "topic");
    String doomed = commit("doomed", BASE, "doomed");
    String forced = commit("forced", BASE, "forced");
    push(
        Person.DEVELOPER,
        WEB,
        "topic:refs/heads/topic",
        "doomed:refs/heads/doomed",
        "forced:refs/heads/forced");
    push(Person.DEVELOPER, WEB, ":refs/heads/doomed", "+" + BASE + ":refs/heads/forced");
    repository(FORK, "\"forkOf\":\"web\"");
    for (String permission : List.of("web Read", FORK + " Write")) {
      String[] both = permission.split(" ", -1);
      api.post(
              Person.ADMIN,
              api.config("repositorypermissions"),
              """
              {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"RepositoryPermission",
               "metadata":{"name":"fred-%1$s"},"spec":{"repository":"%1$s","permission":"%2$s",
               "subject":{"kind":"User","name":"%3$s"}}}"""
                  .formatted(both[0], both[1], Person.FORKER.user()))
          .is(201);
    }
    String evil = commit("evil", BASE, "evil");
    String adopted = commit("adopted", BASE, "adopted");
    String apart = commit("apart", BASE, "apart");
    api.await(
        "the fork can be pushed to",
        () -> tryPush(Person.FORKER, FORK, "evil:refs/heads/evil").exit() == 0);
    push(Person.FORKER, FORK, "adopted:refs/heads/adopted", "apart:refs/heads/apart", "v1", "v2");
    git.run("tag", "evil-tag", evil);
    push(Person.FORKER, FORK, "evil-tag");
    push(
        Person.DEVELOPER, WEB, "adopted:refs/heads/adopted", BASE + ":refs/heads/refs/pull/2/head");
    ownPull = pull(WEB, "topic");
    foreignPull = pull(FORK, "evil");
    for (String commit : List.of(first, second, topic, doomed, forced, adopted)) {
      trust(WEB, commit);
    }
    String foreignRef =
        api.get(Person.ADMIN, api.records("pullrequests") + "/" + foreignPull)
            .text("status/head/ref");
    String ownRef =
        "refs/pull/"
            + api.get(Person.ADMIN, api.records("pullrequests") + "/" + ownPull)
                .text("status/number")
            + "/head";
    Expected yes = Expected.TRUSTED;
    Expected no = Expected.UNTRUSTED;
    Expected none = Expected.REFUSED;
    code("a branch", WEB, "refs/heads/main", second, yes);
    code("a branch's tip", WEB, "refs/heads/main", "", yes);
    code("the history of a branch", WEB, "refs/heads/main", first, yes);
    code("a tag", WEB, "refs/tags/v1", "", yes);
    code("an annotated tag", WEB, "refs/tags/v2", "", yes);
    code("a fork's code that a developer pushed", WEB, "refs/heads/adopted", adopted, yes);
    code("a branch named like a pull", WEB, "refs/heads/refs/pull/2/head", "", yes);
    code("an own pull", WEB, ownRef, "", no);
    code("a fork's pull", WEB, foreignRef, evil, no);
    code("a fork's commit", WEB, "refs/heads/main", evil, no);
    code("a fork's commit on a tag", WEB, "refs/tags/v2", evil, no);
    code("another branch's commit", WEB, "refs/heads/main", topic, no);
    code("what a tag has not yet", WEB, "refs/tags/v1", second, no);
    code("what was forced away", WEB, "refs/heads/forced", forced, no);
    code("what no ref reaches", WEB, "refs/heads/main", doomed, no);
    code("a pull's ref with trusted code", WEB, foreignRef, second, no);
    code("a fork's branch", FORK, "refs/heads/evil", "", no);
    code("a fork's copy of the parent", FORK, "refs/heads/main", second, no);
    code("a fork's tag", FORK, "refs/tags/evil-tag", "", no);
    code("a deleted branch", WEB, "refs/heads/doomed", doomed, none);
    code("a branch of the fork alone", WEB, "refs/heads/apart", "", none);
    code("a commit of the fork alone", WEB, "refs/heads/main", apart, none);
    code("HEAD", WEB, "HEAD", "", none);
    code("a short name", WEB, "main", second, none);
    code("a branch without name", WEB, "refs/heads/", second, none);
    code("a way round", WEB, "refs/heads/../pull/2/head", evil, none);
    code("another case", WEB, "Refs/Heads/main", second, none);
    code("an abbreviation", WEB, "refs/heads/main", second.substring(0, 10), none);
    code(
        "upper case",
        WEB,
        "refs/heads/main",
        "A" + second.substring(1).toUpperCase(Locale.ROOT),
        none);
    code("a tag object", WEB, "refs/tags/v2", tagObject, none);
    code("a tree", WEB, "refs/heads/main", git.run("rev-parse", second + "^{tree}"), none);
    code("no repository", "missing", "refs/heads/main", second, none);
  }

  private void code(String name, String repository, String ref, String commit, Expected expected) {
    codes.put(name, new Code(name, repository, ref, commit, expected));
  }

  List<Code> codes() {
    return List.copyOf(codes.values());
  }

  Code code(String name) {
    return Objects.requireNonNull(codes.get(name), name);
  }

  String base() {
    return git.run("rev-parse", BASE);
  }

  String ownPull() {
    return ownPull;
  }

  String foreignPull() {
    return foreignPull;
  }

  /** Says that a commit is in the history of a branch or a tag. */
  void trust(String repository, String commit) {
    trusted.add(repository + " " + commit);
  }

  void repository(String name, String spec) {
    api.post(
            Person.ADMIN,
            api.config("repositories"),
            "{\"apiVersion\":\"config.krate.a5c.ai/v1alpha1\",\"kind\":\"Repository\","
                + "\"metadata\":{\"name\":\"%s\"},\"spec\":{%s}}".formatted(name, spec))
        .is(201);
    api.await(
        name + " is ready",
        () ->
            api.get(Person.ADMIN, api.config("repositories") + "/" + name)
                .body()
                .toString()
                .contains("\"type\":\"Ready\",\"status\":\"True\""));
  }

  /** Makes a pool; one that is leaving is held by a finalizer of nobody's. */
  void pool(String name, String spec) {
    if (spec.contains("\"Trusted\"")) {
      trustedPools.add(name);
    }
    String held = name.equals("leaving") ? ",\"finalizers\":[\"example.org/hold\"]" : "";
    api.post(
            Person.ADMIN,
            api.config("runnerpools"),
            ("{\"apiVersion\":\"config.krate.a5c.ai/v1alpha1\",\"kind\":\"RunnerPool\","
                    + "\"metadata\":{\"name\":\"%s\"%s},"
                    + "\"spec\":{\"executor\":\"Process\",\"warmReplicas\":0,%s}}")
                .formatted(name, held, spec))
        .is(201);
  }

  /** A commit on a new branch of the clone, which is then at {@link #BASE} again. */
  String commit(String branch, String start, String file) {
    git.run("checkout", "-q", "-b", branch, start);
    String commit = git.commit(file + ".txt", branch + "\n");
    git.run("checkout", "-q", BASE);
    return commit;
  }

  void push(Person person, String repository, String... refs) {
    var unused = tryPush(person, repository, refs).expectSuccess();
  }

  private Git.Result tryPush(Person person, String repository, String... refs) {
    List<String> command = new ArrayList<>(doors.gitOptions());
    command.addAll(List.of("push", "-q", doors.remote(person, ORGANIZATION, repository)));
    command.addAll(List.of(refs));
    return git.attempt(command.toArray(String[]::new));
  }

  private String pull(String source, String branch) {
    String more = source.equals(WEB) ? "" : ",\"sourceRepository\":\"" + source + "\"";
    return api.post(
            Person.MAINTAINER,
            api.records("pullrequests"),
            """
            {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"PullRequest",
             "metadata":{"generateName":"web-"},"spec":{"repository":"web",
             "sourceBranch":"%s","title":"A pull"%s}}"""
                .formatted(branch, more))
        .is(201)
        .text("metadata/name");
  }

  /** Merges the pull request of the fork. */
  void mergeForeign() {
    String path = api.records("pullrequests") + "/" + foreignPull;
    api.await(
        "it can be merged",
        () -> api.get(Person.ADMIN, path).text("status/mergeable").equals("True"));
    api.patch(Person.MAINTAINER, path, "{\"spec\":{\"merged\":true}}").is(200);
  }

  Reply create(Person person, String query, String name, Code code, String pool) {
    String more = pool.isEmpty() ? "" : ",\"pool\":\"" + pool + "\"";
    return api.post(person, api.pipelines() + query, document(name, code, more));
  }

  /** A pipeline with everything that a client may say of it, true or not. */
  String document(String name, Code code, String more) {
    String commit = code.commit().isEmpty() ? "" : ",\"commit\":\"" + code.commit() + "\"";
    return """
        {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Pipeline",
         "metadata":{"name":"%s","labels":{"krate.a5c.ai/repository":"other",
          "krate.a5c.ai/trust-tier":"Trusted"},"annotations":{"krate.a5c.ai/trust-tier":"Trusted"}},
         "spec":{"repository":"%s","ref":"%s","workflow":".krate/workflows/probe.yaml",
          "trustTier":"Trusted","fork":false,"author":"ada"%s%s},
         "status":{"trustTier":"Trusted","tierReason":"%s","name":"probe","phase":"Running",
          "workflowDigest":"sha256:0","jobs":{"total":1},"author":{"name":"ada"},
          "actor":{"name":"ada"}}}"""
        .formatted(name, code.repository(), code.ref(), commit, more, LIE);
  }

  /** What ran where, and what it could see. */
  void assertLaw() {
    Map<String, JsonObject> pipelines = new LinkedHashMap<>();
    for (JsonObject pipeline : api.list(api.pipelines())) {
      pipelines.put(Json.text(pipeline, "metadata/name"), pipeline);
      if (Json.text(pipeline, "status/trustTier").equals("Trusted")) {
        assertThat(trusted)
            .as(pipeline::toString)
            .contains(
                Json.text(pipeline, "spec/repository") + " " + Json.text(pipeline, "spec/commit"));
      }
    }
    for (JsonObject job : api.list(api.jobs())) {
      JsonObject pipeline = pipelines.get(Json.text(job, "spec/pipeline"));
      boolean ran = !Json.objects(job, "status/attempts").isEmpty();
      if (ran && pipeline != null) {
        assertLaw(job, Json.text(pipeline, "status/trustTier").equals("Trusted"));
      }
    }
  }

  private void assertLaw(JsonObject job, boolean isTrusted) {
    String pool = Json.text(job, "spec/pool");
    // Of a pool whose name is another's now nobody can tell any more; its rule looks itself.
    assertThat(isTrusted || pool.equals("swap") || !trustedPools.contains(pool))
        .as(() -> "untrusted code ran in a trusted pool: " + job)
        .isTrue();
    String log = api.log(Json.text(job, "metadata/name"));
    assertClean("the log of " + Json.text(job, "metadata/name"), log);
    if (!isTrusted || pool.equals(LOOSE)) {
      assertThat(log).as(job::toString).doesNotContain("secret canary");
      if (doors.isolates() && log.contains("network end")) {
        List<String> interfaces =
            Stream.of(log.split("\n")).filter(line -> line.startsWith("net ")).toList();
        assertThat(interfaces).as(job::toString).isSubsetOf("net lo");
      }
    }
  }

  /** That nothing of the secret is in a text. */
  void assertClean(String what, String text) {
    String encoded = Base64.getEncoder().encodeToString(CANARY.getBytes(StandardCharsets.UTF_8));
    assertThat(text.contains(CANARY)).as(what + " has the secret").isFalse();
    assertThat(text.contains(encoded.substring(0, 40))).as(what + " has its base64").isFalse();
  }
}
