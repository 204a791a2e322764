package ai.a5c.krate.core.push;

import static ai.a5c.krate.core.push.PushForge.ADMIN;
import static ai.a5c.krate.core.push.PushForge.BYPASSER;
import static ai.a5c.krate.core.push.PushForge.DEVELOPER;
import static ai.a5c.krate.core.push.PushForge.KEEPER;
import static ai.a5c.krate.core.push.PushForge.PUSHER;
import static ai.a5c.krate.core.push.PushForge.ROOT;
import static ai.a5c.krate.core.push.PushForge.STRANGER;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.ForgeKinds;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BranchRulesTest {
  private static final String MAIN = "refs/heads/main";
  private static final String BYPASSED = "push.krate.a5c.ai/bypassed";

  /** Spec members of the protections of the matrix. */
  private static final Map<String, String> PROTECTIONS =
      Map.of(
          "none",
          "",
          "reviewed",
          "'pushers': [{'kind': 'Group', 'name': 'releasers'}]",
          "closed",
          "'allowForcePush': true, 'allowDeletion': true",
          "open",
          "'requirePullRequest': false",
          "listed",
          "'requirePullRequest': false, 'pushers': [{'kind': 'User', 'name': 'pia'}]",
          "linear",
          "'requirePullRequest': false, 'requireLinearHistory': true",
          "loose",
          "'allowForcePush': true, 'allowDeletion': true,"
              + " 'pushers': [{'kind': 'User', 'name': 'pia'}]",
          "free",
          "'requirePullRequest': false, 'allowForcePush': true, 'allowDeletion': true");

  private PushForge forge;
  private ObjectId first;
  private ObjectId tip;

  @BeforeAll
  void open() {
    forge = new PushForge();
    first = forge.graph.commit();
    tip = forge.graph.commit(first);
    assertThat(forge.push(ROOT, MAIN, tip)).isEqualTo("ok");
  }

  @AfterAll
  void close() {
    forge.close();
  }

  /** A new branch at the tip, protected by a rule of its own name. */
  private String branch(String name, String more) {
    String ref = "refs/heads/" + name + "/main";
    assertThat(forge.push(ROOT, ref, tip)).isEqualTo("ok");
    protect(name, "'%1$s/main', '%1$s/release/*'".formatted(name), more);
    return ref;
  }

  private void protect(String name, String branches, String more) {
    forge.protect(name, "'branches': [" + branches + "]" + (more.isEmpty() ? "" : ", " + more));
  }

  private static Subject subject(String name) {
    return switch (name) {
      case "developer" -> DEVELOPER;
      case "pusher" -> PUSHER;
      case "bypasser" -> BYPASSER;
      default -> ADMIN;
    };
  }

  private String attempt(Subject subject, String update, String ref) {
    ObjectId next = forge.graph.commit(tip);
    return switch (update) {
      case "forward" -> forge.push(subject, ref, next);
      case "create" -> forge.push(subject, ref.replace("/main", "/release/1"), next);
      case "merge" -> forge.push(subject, ref, forge.graph.commit(next, forge.graph.commit(first)));
      case "force" -> forge.push(subject, ref, forge.graph.commit(first));
      case "rewind" -> forge.push(subject, ref, first);
      case "delete" -> forge.push(subject, ref, null);
      case "branch" -> forge.push(subject, ref + "-topic", next);
      case "tag" -> forge.push(subject, ref.replace("/heads/", "/tags/"), next);
      default -> throw new AssertionError(update);
    };
  }

  private String bypassed(String rule) {
    return forge.pushEntries().stream()
        .map(entry -> entry.text("annotations", BYPASSED))
        .filter(what -> what.contains('"' + rule + '"'))
        .findAny()
        .orElse("");
  }

  /** Plus: it moves. Minus: it is refused. B: it moves, and the entry says what was bypassed. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    // protection, update, developer, pusher, bypasser, admin
    "none,     forward, +, +, +, +",
    "none,     create,  +, +, +, +",
    "none,     merge,   +, +, +, +",
    "none,     force,   +, +, +, +",
    "none,     rewind,  +, +, +, +",
    "none,     delete,  +, +, +, +",
    "none,     branch,  +, +, +, +",
    "none,     tag,     +, +, +, +",
    "reviewed, forward, -, +, B, -",
    "reviewed, create,  -, +, B, -",
    "reviewed, merge,   -, +, B, -",
    "reviewed, force,   -, -, B, -",
    "reviewed, rewind,  -, -, B, -",
    "reviewed, delete,  -, -, B, -",
    "reviewed, branch,  +, +, +, +",
    "reviewed, tag,     +, +, +, +",
    "closed,   forward, -, -, B, -",
    "closed,   create,  -, -, B, -",
    "closed,   merge,   -, -, B, -",
    "closed,   force,   -, -, B, -",
    "closed,   rewind,  -, -, B, -",
    "closed,   delete,  +, +, +, +",
    "closed,   branch,  +, +, +, +",
    "closed,   tag,     +, +, +, +",
    "open,     forward, +, +, +, +",
    "open,     create,  +, +, +, +",
    "open,     merge,   +, +, +, +",
    "open,     force,   -, -, B, -",
    "open,     rewind,  -, -, B, -",
    "open,     delete,  -, -, B, -",
    "open,     branch,  +, +, +, +",
    "open,     tag,     +, +, +, +",
    "listed,   forward, -, +, B, -",
    "listed,   create,  -, +, B, -",
    "listed,   merge,   -, +, B, -",
    "listed,   force,   -, -, B, -",
    "listed,   rewind,  -, -, B, -",
    "listed,   delete,  -, -, B, -",
    "listed,   branch,  +, +, +, +",
    "listed,   tag,     +, +, +, +",
    "linear,   forward, +, +, +, +",
    "linear,   create,  +, +, +, +",
    "linear,   merge,   -, -, B, -",
    "linear,   force,   -, -, B, -",
    "linear,   rewind,  -, -, B, -",
    "linear,   delete,  -, -, B, -",
    "linear,   branch,  +, +, +, +",
    "linear,   tag,     +, +, +, +",
    "loose,    forward, -, +, B, -",
    "loose,    create,  -, +, B, -",
    "loose,    merge,   -, +, B, -",
    "loose,    force,   -, +, B, -",
    "loose,    rewind,  -, +, B, -",
    "loose,    delete,  -, +, B, -",
    "loose,    branch,  +, +, +, +",
    "loose,    tag,     +, +, +, +",
    "free,     forward, +, +, +, +",
    "free,     create,  +, +, +, +",
    "free,     merge,   +, +, +, +",
    "free,     force,   +, +, +, +",
    "free,     rewind,  +, +, +, +",
    "free,     delete,  +, +, +, +",
    "free,     branch,  +, +, +, +",
    "free,     tag,     +, +, +, +",
  })
  void whoMayDoWhatToAProtectedBranch(
      String protection,
      String update,
      String developer,
      String pusher,
      String bypasser,
      String admin) {
    Map<String, String> expected =
        Map.of("developer", developer, "pusher", pusher, "bypasser", bypasser, "admin", admin);
    expected.forEach(
        (who, what) -> {
          String rule = protection + "-" + update + "-" + who;
          String ref =
              branch(
                  rule,
                  PROTECTIONS.get(protection)
                      + (protection.equals("none")
                          ? "'repositories': ['api']"
                          : ", 'bypassers': [{'kind': 'User', 'name': 'bela'}]"));
          String outcome = attempt(subject(who), update, ref);
          String found = !outcome.equals("ok") ? "-" : bypassed(rule).isEmpty() ? "+" : "B";
          assertThat(found).as("%s as %s: %s", update, who, outcome).isEqualTo(what);
          if (found.equals("-")) {
            assertThat(outcome).contains("is protected by BranchProtection \"" + rule + "\": ");
            assertThat(forge.at(ref)).contains(tip);
          }
        });
  }

  @Test
  void aRefusalNamesTheRuleAndTheReasons() {
    String ref = branch("named", "'requireLinearHistory': true");
    ObjectId merge = forge.graph.commit(tip, forge.graph.commit(first));
    assertThat(forge.push(DEVELOPER, ref, forge.graph.commit(tip)))
        .isEqualTo(
            "named/main is protected by BranchProtection \"named\": changes come by pull request");
    assertThat(forge.push(DEVELOPER, ref, merge))
        .isEqualTo(
            "named/main is protected by BranchProtection \"named\": changes come by pull request;"
                + " by BranchProtection \"named\": its history is linear, and "
                + merge.hex().substring(0, 8)
                + " is a merge");
    assertThat(forge.push(DEVELOPER, ref, forge.graph.commit(first)))
        .endsWith("by BranchProtection \"named\": its commits must not be taken away by force");
    assertThat(forge.push(DEVELOPER, ref, null))
        .isEqualTo("named/main is protected by BranchProtection \"named\": it must not be deleted");
    assertThat(forge.pushEntries())
        .anySatisfy(
            entry -> {
              assertThat(entry.text("decision")).isEqualTo("Denied");
              assertThat(entry.text("user", "name")).isEqualTo("dora");
              assertThat(entry.text("reason"))
                  .contains("refs/heads/named/main: named/main is protected by BranchProtection");
            });
  }

  @Test
  void aBypassIsNamedInTheAuditEntryOfThePush() {
    String ref = branch("passed", "'bypassers': [{'kind': 'User', 'name': 'bela'}]");
    assertThat(forge.push(BYPASSER, ref, forge.graph.commit(first))).isEqualTo("ok");
    assertThat(forge.pushEntries())
        .anySatisfy(
            entry -> {
              assertThat(entry.text("decision")).isEqualTo("Allowed");
              assertThat(entry.text("user", "name")).isEqualTo("bela");
              assertThat(entry.text("annotations", BYPASSED))
                  .isEqualTo(
                      "refs/heads/passed/main: passed/main is protected by BranchProtection"
                          + " \"passed\": changes come by pull request; by BranchProtection"
                          + " \"passed\": its commits must not be taken away by force");
            });
  }

  @Test
  void whoMayNotPushLearnsNothing() {
    assertThat(forge.push(STRANGER, MAIN, first)).isEqualTo("NotFound");
    assertThat(forge.push(Subject.ANONYMOUS, MAIN, first)).isEqualTo("Unauthorized");
  }

  @Test
  void eachRefIsJudgedAloneUnlessThePushIsAtomic() {
    String ref = branch("many", "'bypassers': [{'kind': 'User', 'name': 'bela'}]");
    ObjectId next = forge.graph.commit(tip);
    String body = ref + " " + next + "\nrefs/heads/many/topic " + next + "\n";
    assertThat(forge.pushAll(DEVELOPER, body + "atomic\n"))
        .hasEntrySatisfying(ref, why -> assertThat(why).contains("\"many\""))
        .containsEntry("refs/heads/many/topic", "another ref of this atomic push was refused");
    assertThat(forge.at("refs/heads/many/topic")).isEmpty();
    assertThat(forge.pushAll(DEVELOPER, body))
        .hasEntrySatisfying(ref, why -> assertThat(why).contains("\"many\""))
        .containsEntry("refs/heads/many/topic", "ok");
    assertThat(forge.at(ref)).contains(tip);
    assertThat(bypassed("many")).isEmpty();
    assertThat(forge.pushAll(BYPASSER, body + "atomic\n"))
        .containsOnlyKeys(ref, "refs/heads/many/topic")
        .containsValues("ok");
    assertThat(bypassed("many")).isNotEmpty();
  }

  @Test
  void aPartOfAPushThatIsRefusedHasItsEntry() {
    String ref = branch("part", "");
    ObjectId next = forge.graph.commit(tip);
    forge.pushAll(PUSHER, ref + " " + next + "\nrefs/heads/part/topic " + next + "\n");
    assertThat(forge.pushEntries())
        .anySatisfy(
            entry -> {
              assertThat(entry.text("decision")).isEqualTo("Denied");
              assertThat(entry.text("reason"))
                  .contains("refs/heads/part/main: ")
                  .doesNotContain("part/topic");
            });
  }

  @Test
  void ofSeveralProtectionsTheStrictestOfEachFieldHolds() {
    String ref =
        branch(
            "loosest",
            PROTECTIONS.get("loose") + ", 'bypassers': [{'kind': 'User', 'name': 'bela'}]");
    ObjectId next = forge.graph.commit(tip);
    assertThat(forge.push(PUSHER, ref, next)).isEqualTo("ok");
    protect("no-force", "'loosest/*'", "'requirePullRequest': false, 'allowDeletion': true");
    assertThat(forge.push(PUSHER, ref, tip))
        .isEqualTo(
            "loosest/main is protected by BranchProtection \"no-force\": its commits must not be"
                + " taken away by force");
    assertThat(forge.push(BYPASSER, ref, forge.graph.commit(next))).contains("\"loosest\"");
    protect("nobody", "'loosest/**'", "'allowForcePush': true, 'allowDeletion': true");
    assertThat(forge.push(PUSHER, ref, forge.graph.commit(next)))
        .isEqualTo(
            "loosest/main is protected by BranchProtection \"nobody\": changes come by pull"
                + " request");
    forge.unprotect("nobody");
    forge.unprotect("no-force");
    assertThat(forge.push(PUSHER, ref, tip)).isEqualTo("ok");
  }

  @Test
  void aProtectionHoldsFromItsWriteToItsDeletion() {
    String ref = "refs/heads/now/main";
    ObjectId next = tip;
    for (int i = 0; i < 20; i++) {
      next = forge.graph.commit(next);
      assertThat(forge.push(DEVELOPER, ref, next)).isEqualTo("ok");
      protect("now", "'now/main'", "");
      assertThat(forge.push(DEVELOPER, ref, forge.graph.commit(next))).contains("\"now\"");
      forge
          .patch(ROOT, ForgeKinds.BRANCH_PROTECTION, "now", "{'spec': {'repositories': ['api']}}")
          .is(200);
      next = forge.graph.commit(next);
      assertThat(forge.push(DEVELOPER, ref, next)).isEqualTo("ok");
      forge.unprotect("now");
    }
  }

  @Test
  void aProtectionThatIsWrittenWhileAPushIsBeingDecidedHoldsForIt() {
    String ref = "refs/heads/late/main";
    assertThat(forge.push(ROOT, ref, tip)).isEqualTo("ok");
    ObjectId next = forge.graph.commit(tip);
    forge.graph.whenPrepared(() -> protect("late", "'late/main'", ""));
    assertThat(forge.pushAll(DEVELOPER, ref + " " + next + "\nrefs/heads/late/topic " + next))
        .hasEntrySatisfying(ref, why -> assertThat(why).contains("\"late\""))
        .containsEntry("refs/heads/late/topic", "ok");
    assertThat(forge.at(ref)).contains(tip);
    forge.graph.whenPrepared(() -> protect("beside", "'beside/main'", ""));
    assertThat(forge.push(DEVELOPER, "refs/heads/late/topic", forge.graph.commit(next)))
        .isEqualTo("ok");
    forge.graph.whenPrepared(() -> protect("later", "'late/**'", ""));
    assertThat(
            forge.pushAll(
                DEVELOPER, "refs/heads/late/one " + next + "\nrefs/tags/late " + next + "\natomic"))
        .hasEntrySatisfying("refs/heads/late/one", why -> assertThat(why).contains("\"later\""))
        .containsEntry("refs/tags/late", "another ref of this atomic push was refused");
    assertThat(forge.at("refs/tags/late")).isEmpty();
  }

  @Test
  void aPushThatLosesARefMovesTheOthers() {
    ObjectId next = forge.graph.commit(tip);
    String taken = "refs/heads/lost/taken";
    forge.graph.whenPrepared(() -> assertThat(forge.push(ROOT, taken, tip)).isEqualTo("ok"));
    assertThat(forge.pushAll(DEVELOPER, taken + " " + next + "\nrefs/heads/lost/free " + next))
        .containsEntry("refs/heads/lost/free", "ok")
        .hasEntrySatisfying(taken, why -> assertThat(why).contains("fetch first"));
    assertThat(forge.at(taken)).contains(tip);
  }

  @Test
  void otherNamesAreOtherBranches() {
    protect("tricks", "'tricks', 'caf\u00e9'", "");
    assertThat(forge.push(ROOT, "refs/heads/tricks", tip)).contains("\"tricks\"");
    for (String ref :
        List.of(
            "refs/heads/TRICKS",
            "refs/heads/Tricks",
            "refs/heads/heads/tricks",
            "refs/heads/refs/heads/tricks",
            "refs/heads/x/tricks",
            "refs/heads/tr\u0131cks",
            "refs/heads/cafe\u0301",
            "refs/tags/tricks",
            "refs/tags/heads/tricks",
            "refs/notes/heads/tricks")) {
      assertThat(forge.push(DEVELOPER, ref, tip)).as(ref).isEqualTo("ok");
    }
    assertThat(forge.push(DEVELOPER, "refs/heads/caf\u00e9", tip)).contains("\"tricks\"");
    assertThat(forge.at("refs/heads/tricks")).isEmpty();
  }

  @Test
  void aProtectionOfAnotherRepositoryOrNamespaceSaysNothing() {
    protect("elsewhere", "'elsewhere'", "'repositories': ['api']");
    assertThat(forge.push(DEVELOPER, "refs/heads/elsewhere", tip)).isEqualTo("ok");
  }

  @Test
  void serviceAccountsAreNamedWithTheirNamespace() {
    String ref =
        branch(
            "robots",
            "'pushers': [{'kind': 'ServiceAccount', 'name': 'ci'},"
                + " {'kind': 'ServiceAccount', 'name': 'cd', 'namespace': 'tools'}]");
    ObjectId next = forge.graph.commit(tip);
    assertThat(forge.push(robot("other:ci"), ref, next)).contains("\"robots\"");
    assertThat(forge.push(robot("team:cd"), ref, next)).contains("\"robots\"");
    assertThat(forge.push(Subject.of("ci", "developers"), ref, next)).contains("\"robots\"");
    assertThat(forge.push(robot("team:ci"), ref, next)).isEqualTo("ok");
    assertThat(forge.push(robot("tools:cd"), ref, forge.graph.commit(next))).isEqualTo("ok");
  }

  private static Subject robot(String name) {
    return Subject.of("system:serviceaccount:" + name, "developers");
  }

  @Test
  void aUserIsNoGroupAndAGroupNoUser() {
    String ref =
        branch(
            "kinds",
            "'pushers': [{'kind': 'User', 'name': 'releasers'}, {'kind': 'Group', 'name':"
                + " 'dora'}]");
    assertThat(forge.push(PUSHER, ref, forge.graph.commit(tip))).contains("\"kinds\"");
    assertThat(forge.push(DEVELOPER, ref, forge.graph.commit(tip))).contains("\"kinds\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'main'", "'release/*'", "'**'", "'feature/**/x', 'a-*'"})
  void patternsAreAccepted(String branches) {
    written(ADMIN, "fine", "'branches': [" + branches + "]").is(201);
    forge.unprotect("fine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'branches': ['ma in']",
        "'branches': ['a**']",
        "'branches': ['^main$']",
        "'branches': []",
        "'branches': ['main', 'main']",
        "'repositories': ['web']",
        "'branches': ['main'], 'repositories': []",
        "'branches': ['main'], 'requiredApprovals': -1",
        "'branches': ['main'], 'requiredChecks': [{'name': ''}]",
        "'branches': ['main'], 'requiredChecks': [{'name': 'a'}, {'name': 'a'}]",
        "'branches': ['main'], 'requiredChecks': [{'name': 'a', 'source': 'Mine'}]",
        "'branches': ['main'], 'pushers': [{'kind': 'Team', 'name': 'a'}]",
        "'branches': ['main'], 'pushers': [{'kind': 'User'}]",
        "'branches': ['main'], 'pushers': [{'kind': 'User', 'name': 'a', 'namespace': 'b'}]",
        "'branches': ['main'], 'bypassers': [{'kind': 'ServiceAccount', 'name': 'a:b'}]",
      })
  void whatMakesNoSenseIsInvalid(String spec) {
    written(ADMIN, "nonsense", spec).is(422);
  }

  @Test
  void onlyWhoMaintainsWhatItSpeaksOfWritesAProtection() {
    String web = "'branches': ['kept'], 'repositories': ['web']";
    String api = "'branches': ['kept'], 'repositories': ['api']";
    String all = "'branches': ['kept']";
    written(KEEPER, "kept", api).is(403);
    written(KEEPER, "kept", all).is(403);
    written(KEEPER, "kept", web).is(201);
    changed("kept", "[\"web\", \"api\"]").is(403);
    changed("kept", "[\"*\"]").is(403);
    forge.unprotect("kept");
    written(ADMIN, "kept", all).is(201);
    changed("kept", "[\"web\"]").is(403);
    deleted("kept").is(403);
    forge.unprotect("kept");
    written(ADMIN, "kept", web).is(201);
    deleted("kept").is(200);
  }

  private PushForge.Answer written(Subject subject, String name, String spec) {
    return forge.create(subject, ForgeKinds.BRANCH_PROTECTION, "'name': '" + name + "'", spec);
  }

  private PushForge.Answer deleted(String name) {
    return forge.delete(KEEPER, ForgeKinds.BRANCH_PROTECTION, name);
  }

  private PushForge.Answer changed(String name, String repositories) {
    return forge.patch(
        KEEPER,
        ForgeKinds.BRANCH_PROTECTION,
        name,
        "{'spec': {'repositories': " + repositories + "}}");
  }

  @Test
  void aProtectionThatSaysLittleIsStrict() {
    ApiObject object = written(ROOT, "plain", "'branches': ['plain']").is(201).body();
    assertThat(object.json().getJsonObject("spec").toString())
        .contains("\"repositories\":[\"*\"]")
        .contains("\"requirePullRequest\":true")
        .contains("\"requiredApprovals\":1")
        .contains("\"dismissStaleReviews\":true")
        .contains("\"allowForcePush\":false")
        .contains("\"allowDeletion\":false");
  }
}
