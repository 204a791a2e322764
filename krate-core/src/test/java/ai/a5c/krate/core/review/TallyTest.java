package ai.a5c.krate.core.review;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.records.Review.Decision;
import ai.a5c.krate.core.forge.Opinions;
import ai.a5c.krate.core.forge.Opinions.Opinion;
import ai.a5c.krate.core.forge.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** The rule about approvals against one that reads the whole history of reviews, backwards. */
class TallyTest {
  /** Something that happened to a pull request; a dismissal is of the person's newest review. */
  record Event(
      String name, String issuer, @Nullable Decision decision, String commit, String target) {}

  private static final String[] NAMES = {"ada", "bea", "cem", "Ada"};

  @Provide
  Arbitrary<List<Event>> histories() {
    Arbitrary<Event> event =
        Combinators.combine(
                Arbitraries.of(NAMES),
                Arbitraries.of("", "https://a.example"),
                // Null dismisses.
                Arbitraries.of(Decision.class).injectNull(0.2),
                Arbitraries.of("c1", "c2", "c3"),
                Arbitraries.of("main", "release"))
            .as(Event::new);
    return event.list().ofMaxSize(14);
  }

  @Provide
  Arbitrary<Tally.Situation> situations() {
    return Combinators.combine(
            Arbitraries.of(NAMES),
            Arbitraries.of(NAMES).set().ofMaxSize(2),
            Arbitraries.of("c1", "c2", "c3"),
            Arbitraries.of("main", "release"),
            Arbitraries.of(true, false))
        .as(Tally.Situation::new);
  }

  private static Tally tally(List<Event> history, Tally.Situation situation) {
    Opinions opinions = Opinions.NONE;
    int number = 0;
    for (Event event : history) {
      number++;
      if (event.decision() == null) {
        var newest = opinions.of(event.name(), event.issuer());
        if (newest.isPresent()) {
          Opinion o = newest.get();
          opinions =
              opinions.with(
                  new Opinion(
                      o.review(),
                      o.name(),
                      o.issuer(),
                      o.decision(),
                      o.commit(),
                      o.target(),
                      true,
                      false));
        }
      } else if (Tally.decides(event.decision())) {
        opinions =
            opinions.with(
                new Opinion(
                    "r" + number,
                    event.name(),
                    event.issuer(),
                    event.decision(),
                    event.commit(),
                    event.target(),
                    false,
                    false));
      }
    }
    return Tally.of(opinions.all(), situation);
  }

  /** Walks backwards and takes of each person the first thing that it meets. */
  private static Set<String> approvers(List<Event> history, Tally.Situation s, Decision wanted) {
    Set<String> settled = new TreeSet<>();
    Set<String> found = new TreeSet<>();
    for (Event event : history.reversed()) {
      String person = event.name() + "|" + event.issuer();
      if (event.decision() == Decision.COMMENT || !settled.add(person)) {
        continue;
      }
      if (event.decision() != wanted) {
        continue;
      }
      boolean own = s.author().equals(event.name()) || s.movers().contains(event.name());
      boolean fresh = event.commit().equals(s.head()) && event.target().equals(s.target());
      boolean approves = !own && (fresh || s.staleCounts());
      if (wanted == Decision.REQUEST_CHANGES) {
        found.add(person);
      } else if (approves) {
        found.add(event.name());
      }
    }
    return found;
  }

  @Property(tries = 3_000)
  void theSameApprovalsCountAsByTheHistory(
      @ForAll("histories") List<Event> history, @ForAll("situations") Tally.Situation situation) {
    Tally tally = tally(history, situation);
    assertThat(tally.approvedBy())
        .containsExactlyElementsOf(approvers(history, situation, Decision.APPROVE));
    assertThat(tally.blocking().stream().map(o -> o.name() + "|" + o.issuer()))
        .containsExactlyInAnyOrderElementsOf(
            approvers(history, situation, Decision.REQUEST_CHANGES));
  }

  @Property
  void aPushNeverAddsAnApproval(
      @ForAll("histories") List<Event> history, @ForAll("situations") Tally.Situation situation) {
    var pushed =
        new Tally.Situation(
            situation.author(),
            situation.movers(),
            "c4",
            situation.target(),
            situation.staleCounts());
    Tally after = tally(history, pushed);
    assertThat(tally(history, situation).approvedBy()).containsAll(after.approvedBy());
    assertThat(after.blocking()).isEqualTo(tally(history, situation).blocking());
  }

  @Property
  void oneMoreMoverNeverAddsAnApproval(
      @ForAll("histories") List<Event> history, @ForAll("situations") Tally.Situation situation) {
    for (String name : NAMES) {
      Set<String> movers = new TreeSet<>(situation.movers());
      movers.add(name);
      var moved =
          new Tally.Situation(
              situation.author(),
              movers,
              situation.head(),
              situation.target(),
              situation.staleCounts());
      assertThat(tally(history, moved).approvedBy()).doesNotContain(name);
    }
  }

  @Property
  void whatOnePersonDoesChangesNothingOfOthers(
      @ForAll("histories") List<Event> history, @ForAll("situations") Tally.Situation situation) {
    List<Event> without = new ArrayList<>(history);
    without.removeIf(event -> event.name().equals("ada"));
    Set<String> others = new TreeSet<>(tally(history, situation).approvedBy());
    others.remove("ada");
    Set<String> alone = new TreeSet<>(tally(without, situation).approvedBy());
    assertThat(alone).isEqualTo(others);
  }
}
