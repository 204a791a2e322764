package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.ADMIN;
import static ai.a5c.krate.apiserver.house.House.NOTE;
import static ai.a5c.krate.apiserver.request.Bundles.WRITER;
import static ai.a5c.krate.apiserver.request.Bundles.client;
import static ai.a5c.krate.apiserver.request.Bundles.name;
import static ai.a5c.krate.apiserver.request.Bundles.names;
import static ai.a5c.krate.apiserver.request.Bundles.note;
import static ai.a5c.krate.apiserver.request.Bundles.notes;
import static ai.a5c.krate.apiserver.request.Bundles.object;
import static ai.a5c.krate.apiserver.request.Bundles.phase;
import static ai.a5c.krate.apiserver.request.Bundles.read;
import static ai.a5c.krate.apiserver.request.Bundles.refused;
import static ai.a5c.krate.apiserver.request.Bundles.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.admission.Verdict;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.Rights;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Registration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Objects that are written together: all of them or none, each as it would be alone. */
class TogetherTest {
  @Test
  void allAreCreatedInOneTransaction() {
    try (House house = new House()) {
      Client client = client(house);
      Revision before = house.head();

      List<Written> written = client.createAll(NOTE, notes("c", "a", "b")).orThrow();

      assertThat(written).extracting(w -> w.object().name()).containsExactly("c", "a", "b");
      assertThat(written)
          .extracting(w -> w.object().revision().value() - before.value())
          .containsExactly(1L, 2L, 3L);
      assertThat(written).allMatch(w -> w.outcome() == Written.Outcome.CREATED);
      assertThat(house.head().value()).isEqualTo(before.value() + 4);
      assertThat(names(house)).containsExactly("a", "b", "c");
      // To the last byte, order of members included.
      assertThat(written)
          .allSatisfy(
              w ->
                  assertThat(w.object().json())
                      .hasToString(stored(house, w.object().name()).json().toString()));
    }
  }

  @Test
  void aNameThatIsTakenRefusesAllAndIsNamed() {
    try (House house = new House()) {
      house.created("b");
      Revision before = house.head();

      Together.Refused refused = refused(client(house).createAll(NOTE, notes("a", "b", "c")));

      assertThat(refused.index()).isEqualTo(1);
      assertThat(refused.problem())
          .isEqualTo(new Problem.AlreadyExists(NOTE.resource(), "b", false));
      assertThat(names(house)).containsExactly("b");
      assertThat(house.trailAfter(before))
          .extracting(e -> e.text("decision") + "/" + e.text("resource", "name"))
          .containsExactly("Denied/");
      assertThat(house.trailAfter(before).getFirst().text("reason")).contains("\"b\"");
    }
  }

  @Test
  void oneObjectThatIsNotValidRefusesAllAndIsNamed() {
    try (House house = new House()) {
      Together.Refused refused =
          refused(client(house).createAll(NOTE, List.of(note("a"), note("b"), note("c", ""))));

      assertThat(refused.index()).isEqualTo(2);
      assertThat(refused.problem())
          .isInstanceOfSatisfying(
              Problem.Invalid.class, invalid -> assertThat(invalid.name()).isEqualTo("c"));
      assertThat(names(house)).isEmpty();
    }
  }

  @Test
  void statusesAreChangedTogetherAndWhatIsThereAlreadyIsNotWritten() {
    try (House house = new House()) {
      Client client = client(house);
      client.createAll(NOTE, notes("a", "b", "c")).orThrow();
      client.updateStatuses(NOTE, "team", List.of(read("b"))).orThrow();
      Revision before = house.head();

      List<Written> written =
          client.updateStatuses(NOTE, "team", List.of(read("c"), read("b"), read("a"))).orThrow();

      assertThat(written)
          .extracting(w -> w.object().name() + " " + w.outcome())
          .containsExactly("c UPDATED", "b UNCHANGED", "a UPDATED");
      assertThat(written)
          .allSatisfy(
              w ->
                  assertThat(w.object().json())
                      .hasToString(stored(house, w.object().name()).json().toString()));
      assertThat(house.head().value()).isEqualTo(before.value() + 3);
      assertThat(List.of("a", "b", "c")).allMatch(name -> phase(house, name).equals("Read"));
      client.updateStatuses(NOTE, "team", List.of(read("c"), read("b"))).orThrow();
      assertThat(house.head().value()).isEqualTo(before.value() + 3);
    }
  }

  @Test
  void anObjectThatIsMissingRefusesAllAndIsNamed() {
    try (House house = new House()) {
      house.created("a");

      Together.Refused refused =
          refused(client(house).updateStatuses(NOTE, "team", List.of(read("a"), read("gone"))));

      assertThat(refused)
          .isEqualTo(new Together.Refused(1, new Problem.NotFound(NOTE.resource(), "gone")));
      assertThat(phase(house, "a")).isEmpty();
    }
  }

  @Test
  void whatIsChangedMeanwhileIsReadAgainAndAllBegin() {
    try (House house = new House()) {
      AtomicInteger left = new AtomicInteger(2);
      AtomicInteger applied = new AtomicInteger();
      house.validating.add(
          asked -> {
            if (asked.context().subject().equals(WRITER)
                && name(asked).equals("b")
                && left.getAndDecrement() > 0) {
              house
                  .server()
                  .client(ADMIN)
                  .update(
                      NOTE, "team", "b", old -> old.withText("t" + left.get(), "spec", "title"));
            }
            return Verdict.SILENT;
          });
      house.authorizer =
          Authorizer.inOrder(
              List.of(new Rights().give("notes/status", "update").give("notes", "get")));
      client(house).createAll(NOTE, notes("a", "b")).orThrow();

      List<Written> written =
          house
              .server()
              .client(WRITER)
              .updateStatuses(
                  NOTE,
                  "team",
                  List.of(
                      read("a"),
                      new Client.StatusChange(
                          "b",
                          old -> {
                            applied.incrementAndGet();
                            return old.withText(old.text("spec", "title"), "status", "phase");
                          })))
              .orThrow();

      assertThat(applied).hasValue(3);
      assertThat(written.get(1).object().text("status", "phase")).isEqualTo("t0");
    }
  }

  @Test
  void whoLosesEveryRaceIsToldOfTheObject() {
    try (House house = new House()) {
      AtomicLong nanos = new AtomicLong();
      house.nanos = () -> nanos.addAndGet(1_000_000_000L);
      house.validating.add(
          asked -> {
            if (name(asked).equals("b") && asked.context().onStatus()) {
              house
                  .server()
                  .client(ADMIN)
                  .update(
                      NOTE, "team", "b", old -> old.withText("t" + nanos.get(), "spec", "title"));
            }
            return Verdict.SILENT;
          });
      client(house).createAll(NOTE, notes("a", "b", "c")).orThrow();

      Together.Refused refused =
          refused(
              client(house).updateStatuses(NOTE, "team", List.of(read("a"), read("b"), read("c"))));

      assertThat(refused.index()).isEqualTo(1);
      assertThat(refused.problem())
          .isInstanceOfSatisfying(
              Problem.Conflict.class, conflict -> assertThat(conflict.name()).isEqualTo("b"));
      assertThat(phase(house, "a")).isEmpty();
    }
  }

  @Test
  void aDryRunIsJudgedAndKeepsNothing() {
    try (House house = new House()) {
      house.created("c");
      Revision before = house.head();

      assertThat(dryRun(house, notes("a", "b")).orThrow())
          .extracting(w -> w.object().name())
          .containsExactly("a", "b");
      assertThat(refused(dryRun(house, notes("a", "c"))).index()).isEqualTo(1);
      assertThat(house.head()).isEqualTo(before);
    }
  }

  private static Together dryRun(House house, List<ApiObject> objects) {
    ApiServer server = house.server();
    Registration registration = Optional.ofNullable(server.registrations().get(NOTE)).orElseThrow();
    Errand errand =
        new Errand("create", NOTE.resource(), "", "team", "", true, Command.OF_CHANGE)
            .to(objects.stream().map(ApiObject::name).toList());
    Received received =
        new Received("r", server.environment().clock().instant(), Caller.inProcess(ADMIN), errand);
    return server
        .road()
        .travel(
            received,
            registration,
            objects.stream()
                .map(
                    object ->
                        server
                            .intents()
                            .create(registration, () -> new Payload.Body(object.json(), List.of())))
                .toList());
  }

  @Test
  void whatIsNotAllowedTogetherIsAFault() {
    try (House house = new House()) {
      Client client = client(house);
      List<ApiObject> many =
          IntStream.rangeClosed(0, Client.MOST_TOGETHER).mapToObj(i -> note("n" + i)).toList();
      ApiObject elsewhere = note("a").withText("other", "metadata", "namespace");

      assertThatThrownBy(() -> client.createAll(NOTE, many))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> client.createAll(NOTE, List.of()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> client.createAll(NOTE, notes("a", "a")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> client.createAll(NOTE, List.of(note("b"), elsewhere)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> client.updateStatuses(NOTE, "team", List.of(read("a"), read("a"))))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(names(house)).isEmpty();
    }
  }

  @Test
  void whatIsThereIsNotCreated() {
    try (House house = new House()) {
      Client client = client(house);

      assertThat(client.createIfAbsent(NOTE, note("a"))).isPresent();
      assertThat(client.createIfAbsent(NOTE, note("a", "other"))).isEmpty();
      assertThatThrownBy(() -> client.createIfAbsent(NOTE, note("c", "")))
          .isInstanceOf(ApiException.class);
    }
  }

  @Test
  void documentsThatEachFitMayBeTooMuchTogether() {
    try (House house = new House()) {
      String half = "x".repeat(Client.MOST_TEXT_TOGETHER / 2);
      List<ApiObject> large =
          notes("a", "b").stream()
              .map(note -> note.withText(half, "metadata", "annotations", "toys.example.org/x"))
              .toList();

      Together.Refused refused = refused(client(house).createAll(NOTE, large));

      assertThat(refused.index()).isEqualTo(Together.NONE);
      assertThat(refused.problem()).isInstanceOf(Problem.TooLarge.class);
    }
  }

  /** Whatever is there before, a batch is written as a whole exactly if each could be alone. */
  @Property(tries = 60)
  void allOrNone(
      @ForAll @Size(max = 6) Set<@IntRange(max = 9) Integer> there,
      @ForAll @Size(min = 1, max = 6) Set<@IntRange(max = 9) Integer> wanted) {
    try (House house = new House()) {
      there.forEach(i -> house.created("n" + i));
      List<String> names = wanted.stream().map(i -> "n" + i).toList();
      Client client = client(house);
      int trail = house.trail().size();

      Together together = client.createAll(NOTE, names.stream().map(Bundles::note).toList());

      Set<Integer> expected = new TreeSet<>(there);
      Optional<Integer> taken = wanted.stream().filter(there::contains).findFirst();
      if (taken.isEmpty()) {
        expected.addAll(wanted);
        assertThat(together.orThrow()).hasSize(wanted.size());
      } else {
        assertThat(refused(together).index()).isEqualTo(names.indexOf("n" + taken.get()));
      }
      assertThat(names(house))
          .containsExactlyElementsOf(
              expected.stream().map(i -> "n" + i).collect(Collectors.toList()));
      // One entry, of what was done or of what was refused.
      assertThat(house.trail()).hasSize(trail + 1);
    }
  }
}
