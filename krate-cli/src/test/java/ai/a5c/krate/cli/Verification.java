package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.cli.Api.Answer;
import jakarta.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Compares what a server has with what its clients were told. */
final class Verification {
  private final Forge forge;
  private final Ledger ledger;
  private final Map<String, JsonObject> issues;
  private final Map<String, JsonObject> pulls;
  private final Map<String, String> refs;

  private Verification(Forge forge, Ledger ledger) {
    this.forge = forge;
    this.ledger = ledger;
    this.issues = byName(forge.server().api().get(forge.issues()));
    this.pulls = byName(forge.server().api().get(forge.pullRequests()));
    this.refs = forge.git().remoteRefs(forge.url());
  }

  /** Fails unless everything agrees; nobody may write meanwhile. */
  static void verify(Forge forge, Ledger ledger) {
    var verification = new Verification(forge, ledger);
    verification.whatWasAcknowledgedIsThere();
    verification.whatWasRefusedIsNot();
    verification.numbersHaveNoGap();
    verification.refsAndRecordsAgree();
    verification.mergesAreInTheHistory();
  }

  private static Map<String, JsonObject> byName(Answer list) {
    Map<String, JsonObject> objects = new TreeMap<>();
    list.expect(200).items().forEach(item -> objects.put(Api.text(item, "metadata", "name"), item));
    return objects;
  }

  private void whatWasAcknowledgedIsThere() {
    ledger.issues.forEach(
        (title, name) -> {
          assertThat(issues).as(title).containsKey(name);
          assertThat(Api.text(issues.get(name), "spec", "title")).isEqualTo(title);
          Set<String> possible = new HashSet<>(ledger.openBodies.getOrDefault(name, Set.of()));
          possible.add(ledger.bodies.getOrDefault(name, ""));
          assertThat(Api.text(issues.get(name), "spec", "body")).isIn(possible);
        });
    ledger.pulls.forEach(
        (title, name) -> {
          assertThat(pulls).as(title).containsKey(name);
          assertThat(Api.text(pulls.get(name), "spec", "title")).isEqualTo(title);
        });
    ledger.merges.forEach(
        (name, commit) -> {
          assertThat(Api.text(pulls.get(name), "status", "phase")).as(name).isEqualTo("Merged");
          assertThat(Api.text(pulls.get(name), "status", "merge", "commit")).isEqualTo(commit);
        });
    ledger.pushes.forEach(
        (branch, commit) -> {
          Set<String> possible = new HashSet<>(ledger.openPushes.getOrDefault(branch, Set.of()));
          possible.add(commit);
          assertThat(refs.get("refs/heads/" + branch)).as(branch).isIn(possible);
        });
  }

  private void whatWasRefusedIsNot() {
    Set<String> titles = new TreeSet<>();
    issues.values().forEach(issue -> titles.add(Api.text(issue, "spec", "title")));
    assertThat(titles).noneMatch(ledger.refused::contains).hasSize(issues.size());
    assertThat(refs.values()).noneMatch(ledger.refusedCommits::contains);
    ledger.refusedMerges.forEach(
        name ->
            assertThat(Api.text(pulls.get(name), "status", "phase")).as(name).isEqualTo("Open"));
  }

  /** Nothing is ever deleted here, so that every number given is on an object. */
  private void numbersHaveNoGap() {
    List<Long> numbers =
        Stream.concat(issues.values().stream(), pulls.values().stream())
            .map(object -> new Answer(0, "", object).number("status", "number"))
            .sorted()
            .toList();
    assertThat(numbers)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    issues.forEach(
        (name, issue) ->
            assertThat(name)
                .isEqualTo("web-" + new Answer(0, "", issue).number("status", "number")));
  }

  private void refsAndRecordsAgree() {
    pulls.forEach(
        (name, pull) -> {
          var answer = new Answer(0, "", pull);
          String head = answer.text("status", "head", "commit");
          long number = answer.number("status", "number");
          assertThat(refs).as(name).containsEntry("refs/pull/" + number + "/head", head);
          assertThat(answer.text("status", "head", "ref"))
              .isEqualTo("refs/pull/" + number + "/head");
          assertThat(answer.text("status", "phase")).isIn("Open", "Merged");
          if (answer.text("status", "phase").equals("Open")) {
            assertThat(refs)
                .containsEntry("refs/heads/" + answer.text("spec", "sourceBranch"), head);
          }
        });
    long shown = refs.keySet().stream().filter(ref -> ref.startsWith("refs/pull/")).count();
    assertThat(shown).isEqualTo(pulls.size());
  }

  /** Every merge is on main, and every merge commit on main is one pull request's. */
  private void mergesAreInTheHistory() {
    forge.git().run("fetch", "-q", forge.url(), "+refs/heads/main:refs/heads/fetched");
    List<String> merged =
        forge
            .git()
            .run("rev-list", "--first-parent", "--min-parents=2", "fetched")
            .lines()
            .filter(line -> !line.isEmpty())
            .toList();
    List<String> recorded =
        pulls.values().stream()
            .map(pull -> Api.text(pull, "status", "merge", "commit"))
            .filter(commit -> !commit.isEmpty())
            .toList();
    assertThat(merged).containsExactlyInAnyOrderElementsOf(recorded);
  }
}
