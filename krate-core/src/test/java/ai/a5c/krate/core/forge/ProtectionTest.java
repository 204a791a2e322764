package ai.a5c.krate.core.forge;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.config.BranchProtection;
import ai.a5c.krate.api.config.BranchProtection.RequiredCheck;
import ai.a5c.krate.api.config.BranchProtection.Source;
import ai.a5c.krate.api.config.SubjectRef;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.core.forge.Protection.Ruling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class ProtectionTest {
  private static final Optional<ObjectId> MERGE = Optional.of(ObjectId.of("1".repeat(40)));
  private static final Subject ALICE = Subject.of("alice");

  /** The fields of a rule in the order of its spec, from the third on. */
  private record Wanted(
      boolean pullRequest,
      int approvals,
      List<RequiredCheck> checks,
      List<Boolean> more,
      List<SubjectRef> pushers,
      List<SubjectRef> bypassers) {
    ProtectionRule named(String name) {
      var spec =
          new BranchProtection.Spec(
              List.of("*"),
              List.of("main"),
              pullRequest,
              approvals,
              checks,
              more.get(0),
              more.get(1),
              more.get(2),
              more.get(3),
              more.get(4),
              pushers,
              bypassers);
      return new ProtectionRule(
          name,
          spec,
          Set.of("*"),
          List.of(),
          new Roster("team", pushers),
          new Roster("team", bypassers));
    }
  }

  private static Wanted plain(boolean pullRequest, int approvals, List<RequiredCheck> checks) {
    List<Boolean> more = List.of(false, false, false, false, false);
    return new Wanted(pullRequest, approvals, checks, more, List.of(), List.of());
  }

  @Test
  void aBranchThatNothingMatchesIsNotProtected() {
    Protection none = Protection.of("main", List.of());
    assertThat(none.isProtected()).isFalse();
    assertThat(none.requiredApprovals().count()).isZero();
    assertThat(none.isBypassedBy(ALICE)).isFalse();
    assertThat(none.objectionsToPush(ALICE, true, () -> MERGE)).isEmpty();
    assertThat(none.objectionsToDeletion(ALICE)).isEmpty();
    assertThat(none.objectionsToMerge(true, false)).isEmpty();
  }

  @Test
  void eachFieldRemembersWhereItComesFrom() {
    var build = new RequiredCheck("build", Source.PIPELINE);
    var argo = new RequiredCheck("build", Source.EXTERNAL);
    Protection both =
        Protection.of(
            "main",
            List.of(
                plain(true, 1, List.of(build)).named("b"),
                plain(false, 2, List.of(argo, build)).named("a"),
                plain(true, 2, List.of()).named("c")));
    assertThat(both.names()).containsExactly("a", "b", "c");
    assertThat(both.requirePullRequest().by()).containsExactly("b", "c");
    assertThat(both.requiredApprovals()).isEqualTo(new Protection.Approvals(2, List.of("a", "c")));
    assertThat(both.requiredChecks())
        .containsExactly(
            new Protection.Check("build", Source.PIPELINE, List.of("a", "b")),
            new Protection.Check("build", Source.EXTERNAL, List.of("a")));
    assertThat(both.refuseDeletion().by()).containsExactly("a", "b", "c");
    assertThat(both.requireUpToDate().holds()).isFalse();
  }

  @Test
  void mergesAreHeldToLinearHistoryAndToTheNewestCommit() {
    List<Boolean> both = List.of(true, true, true, false, false);
    Protection strict =
        Protection.of(
            "main", List.of(new Wanted(true, 1, List.of(), both, List.of(), List.of()).named("r")));
    assertThat(strict.objectionsToMerge(false, true)).isEmpty();
    assertThat(strict.objectionsToMerge(true, false))
        .extracting(Protection.Objection::reason)
        .containsExactly("NotLinear", "NotUpToDate");
    assertThat(strict.objectionsToMerge(false, false).getFirst().message())
        .isEqualTo("BranchProtection \"r\": the head does not contain the newest commit of main");
  }

  /** What is refused stays refused, whatever else protects the branch. */
  @Property
  void aFurtherProtectionAllowsNothing(
      @ForAll("rules") List<Wanted> some, @ForAll("rules") List<Wanted> more) {
    List<ProtectionRule> few = named(some, "some");
    List<ProtectionRule> all = new ArrayList<>(few);
    all.addAll(named(more, "more"));
    Protection loose = Protection.of("main", few);
    Protection strict = Protection.of("main", all);
    for (Subject subject : List.of(ALICE, Subject.of("bob", "group"), Subject.ANONYMOUS)) {
      for (boolean forced : List.of(false, true)) {
        for (Optional<ObjectId> merge : List.of(MERGE, Optional.<ObjectId>empty())) {
          if (!few.isEmpty() && passes(strict, subject, push(strict, subject, forced, merge))) {
            assertThat(passes(loose, subject, push(loose, subject, forced, merge))).isTrue();
          }
        }
      }
      if (!few.isEmpty() && passes(strict, subject, strict.objectionsToDeletion(subject))) {
        assertThat(passes(loose, subject, loose.objectionsToDeletion(subject))).isTrue();
      }
    }
    assertThat(strict.requiredApprovals().count())
        .isGreaterThanOrEqualTo(loose.requiredApprovals().count());
    assertThat(strict.requiredChecks().stream().map(c -> c.name() + c.source()).toList())
        .containsAll(loose.requiredChecks().stream().map(c -> c.name() + c.source()).toList());
    for (boolean merge : List.of(false, true)) {
      assertThat(strict.objectionsToMerge(merge, false))
          .hasSizeGreaterThanOrEqualTo(loose.objectionsToMerge(merge, false).size());
    }
  }

  private static List<Protection.Objection> push(
      Protection protection, Subject subject, boolean forced, Optional<ObjectId> merge) {
    return protection.objectionsToPush(subject, forced, () -> merge);
  }

  private static boolean passes(
      Protection protection, Subject subject, List<Protection.Objection> objections) {
    return !(protection.ruling(subject, objections) instanceof Ruling.Refused);
  }

  private static List<ProtectionRule> named(List<Wanted> rules, String prefix) {
    List<ProtectionRule> named = new ArrayList<>();
    for (Wanted rule : rules) {
      named.add(rule.named(prefix + named.size()));
    }
    return named;
  }

  @Provide
  Arbitrary<List<Wanted>> rules() {
    Arbitrary<Boolean> flag = Arbitraries.of(true, false);
    Arbitrary<List<SubjectRef>> people =
        Arbitraries.of(
                new SubjectRef(SubjectRef.Kind.USER, "alice", ""),
                new SubjectRef(SubjectRef.Kind.GROUP, "group", ""),
                new SubjectRef(SubjectRef.Kind.GROUP, "system:unauthenticated", ""))
            .list()
            .ofMaxSize(2);
    Arbitrary<List<RequiredCheck>> checks =
        Arbitraries.of(
                new RequiredCheck("a", Source.PIPELINE), new RequiredCheck("b", Source.EXTERNAL))
            .list()
            .ofMaxSize(2);
    return Combinators.combine(
            flag,
            Arbitraries.integers().between(0, 3),
            checks,
            flag.list().ofSize(5),
            people,
            people)
        .as(Wanted::new)
        .list()
        .ofMaxSize(3);
  }
}
