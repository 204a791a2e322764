package ai.a5c.krate.apiserver.authz.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Decision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class HoldingsTest {
  @Provide
  Arbitrary<List<Worlds.Change>> histories() {
    return Worlds.changes().list().ofMinSize(1).ofMaxSize(12);
  }

  @Provide
  Arbitrary<List<PolicyRule>> ruleSets() {
    return Worlds.rules().list().ofMaxSize(3);
  }

  /** Asked after every change, so that nothing is left behind by any of them. */
  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void theIndexAllowsWhatRolesAndBindingsSay(@ForAll("histories") List<Worlds.Change> history) {
    Holdings holdings = new Holdings(0);
    Oracle oracle = new Oracle();
    long revision = 0;
    for (Worlds.Change change : history) {
      revision++;
      apply(change, revision, holdings, oracle);
      for (Subject subject : Worlds.SUBJECTS) {
        for (String namespace : Worlds.NAMESPACES) {
          for (Attributes asked : Worlds.questions(subject, namespace)) {
            // The question is put some hundred thousand times: only a wrong answer is described.
            if (allows(holdings, asked) != oracle.allows(asked)) {
              throw new AssertionError(asked + " should be " + oracle.allows(asked));
            }
          }
        }
      }
    }
  }

  @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
  void whoseRightsChangedIsKnownToHaveChanged(@ForAll("histories") List<Worlds.Change> history) {
    Holdings holdings = new Holdings(0);
    Oracle oracle = new Oracle();
    long revision = 0;
    for (Worlds.Change change : history) {
      revision++;
      Map<Attributes, Boolean> before = answers(oracle);
      apply(change, revision, holdings, oracle);
      for (Map.Entry<Attributes, Boolean> answer : answers(oracle).entrySet()) {
        if (!answer.getValue().equals(before.get(answer.getKey()))) {
          Attributes asked = answer.getKey();
          assertThat(holdings.changed(asked.subject(), asked.namespace())).isEqualTo(revision);
          assertThat(holdings.changed(asked.subject(), "")).isEqualTo(revision);
        }
      }
    }
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void rulesAreCoveredPartByPart(
      @ForAll("ruleSets") List<PolicyRule> held, @ForAll("ruleSets") List<PolicyRule> wanted) {
    assertThat(Coverage.missing(held, wanted).isEmpty()).isEqualTo(Oracle.covers(held, wanted));
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void whatIsCoveredAllowsNothingMore(
      @ForAll("ruleSets") List<PolicyRule> held, @ForAll("ruleSets") List<PolicyRule> wanted) {
    if (Coverage.missing(held, wanted).isEmpty()) {
      for (Attributes asked : Worlds.questions(Worlds.SUBJECTS.getFirst(), "a")) {
        if (wanted.stream().anyMatch(rule -> Oracle.allows(rule, asked))) {
          assertThat(held).anyMatch(rule -> Oracle.allows(rule, asked));
        }
      }
    }
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void whatIsMissingTogetherWithWhatIsHeldCovers(
      @ForAll("ruleSets") List<PolicyRule> held, @ForAll("ruleSets") List<PolicyRule> wanted) {
    List<PolicyRule> both = new ArrayList<>(held);
    both.addAll(Coverage.missing(held, wanted));
    assertThat(Oracle.covers(both, wanted)).isTrue();
  }

  private static Map<Attributes, Boolean> answers(Oracle oracle) {
    Map<Attributes, Boolean> answers = new LinkedHashMap<>();
    for (Subject subject : Worlds.SUBJECTS) {
      for (String namespace : Worlds.NAMESPACES) {
        Worlds.questions(subject, namespace)
            .forEach(asked -> answers.put(asked, oracle.allows(asked)));
      }
    }
    return answers;
  }

  private static boolean allows(Holdings holdings, Attributes asked) {
    return holdings.decide(asked) instanceof Decision.Allow;
  }

  private static void apply(Worlds.Change change, long revision, Holdings holdings, Oracle oracle) {
    switch (change) {
      case Worlds.Change.PutRole put -> {
        holdings.role(put.key(), put.rules(), revision);
        oracle.roles.put(put.key(), put.rules());
      }
      case Worlds.Change.DropRole drop -> {
        holdings.roleGone(drop.key(), revision);
        oracle.roles.remove(drop.key());
      }
      case Worlds.Change.PutBinding put -> {
        holdings.binding(Binding.of(put.key(), put.role(), put.subjects()), revision);
        oracle.bindings.put(put.key(), new Oracle.Bound(put.role(), put.subjects()));
      }
      case Worlds.Change.DropBinding drop -> {
        holdings.bindingGone(drop.key(), revision);
        oracle.bindings.remove(drop.key());
      }
    }
  }
}
