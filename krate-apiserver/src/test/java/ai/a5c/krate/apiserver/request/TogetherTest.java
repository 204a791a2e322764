package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.ADMIN;
import static ai.a5c.krate.apiserver.house.House.AUDIT;
import static ai.a5c.krate.apiserver.house.House.NOTE;
import static ai.a5c.krate.apiserver.house.House.TICKET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.admission.Objection;
import ai.a5c.krate.apiserver.admission.Verdict;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.house.Bash;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.Rights;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.spi.storage.StoredObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Objects that are written together: all of them or none, each as it would be alone. */
class TogetherTest {
  private static final Subject WRITER = Subject.of("writer");

  private static ApiObject note(String name) {
    return note(name, "hello");
  }

  private static ApiObject note(String name, String title) {
    return object(House.note(name, title));
  }

  private static ApiObject ticket(String metadata, String queue) {
    return object(House.ticket(metadata, queue));
  }

  private static ApiObject object(String json) {
    return new ApiObject(Json.parse(Bytes.utf8(json), 100_000).object())
        .withText("team", "metadata", "namespace");
  }

  private static List<ApiObject> notes(String... names) {
    return Arrays.stream(names).map(TogetherTest::note).toList();
  }

  private static Client client(House house) {
    return house.server().client(ADMIN);
  }

  private static List<String> names(House house) {
    return house.objects.list(NOTE, "team", null, 1_000, null).objects().stream()
        .map(stored -> stored.key().name())
        .toList();
  }

  private static Client.StatusChange read(String name) {
    return phase(name, "Read");
  }

  private static Client.StatusChange phase(String name, String phase) {
    return new Client.StatusChange(name, old -> old.withText(phase, "status", "phase"));
  }

  private static ApiObject stored(House house, String name) {
    return house.objects.get(NOTE, "team", name).orElseThrow();
  }

  private static String phase(House house, String name) {
    return stored(house, name).text("status", "phase");
  }

  private static Together.Refused refused(Together together) {
    assertThat(together).isInstanceOf(Together.Refused.class);
    return (Together.Refused) together;
  }

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
  void everyStageSeesEveryObject() {
    try (House house = new House()) {
      List<String> seen = new ArrayList<>();
      house.notes =
          new Strategy() {
            @Override
            public ApiObject prepareCreate(WriteContext context, ApiObject object) {
              seen.add("decode " + object.name());
              return object;
            }

            @Override
            public List<Claim> claims(
                WriteContext context, @Nullable ApiObject old, ApiObject object) {
              seen.add("claims " + object.name());
              return List.of();
            }

            @Override
            public List<FieldError> validate(
                WriteContext context, @Nullable ApiObject old, ApiObject object) {
              seen.add("validate " + object.name());
              return List.of();
            }

            @Override
            public void written(ApiObject object) {
              seen.add("written " + object.name());
            }
          };
      house.mutating.add(
          (asked, object) -> {
            if (!asked.context().kind().equals(NOTE)) {
              return object;
            }
            seen.add("mutate " + object.name());
            return object.withText("shelf", "spec", "book");
          });
      house.preparations.add(
          (context, old, object) -> {
            seen.add("prepare " + object.name());
            return Preparation.Prepared.unchanged(object);
          });
      house.validating.add(
          asked -> {
            if (asked.context().kind().equals(NOTE)) {
              seen.add("admit " + name(asked));
            }
            return Verdict.SILENT;
          });
      house.contributions.add(
          plan ->
              plan.steps().stream()
                  .filter(step -> step instanceof Step.Write w && w.kind().equals(NOTE))
                  .forEach(step -> seen.add("contribute " + ((Step.Write) step).object().name())));

      List<Written> written = client(house).createAll(NOTE, notes("a", "b")).orThrow();

      assertThat(seen)
          .containsExactly(
              "decode a",
              "decode b",
              "claims a",
              "claims b",
              "mutate a",
              "claims a",
              "mutate b",
              "claims b",
              "prepare a",
              "prepare b",
              "validate a",
              "validate b",
              "admit a",
              "admit b",
              "contribute a",
              "contribute b",
              "written a",
              "written b");
      assertThat(written).allMatch(w -> w.object().text("spec", "book").equals("shelf"));
    }
  }

  private static String name(Admission asked) {
    ApiObject object = asked.object();
    return object == null ? "" : object.name();
  }

  @Test
  void admissionThatObjectsToOneRefusesAll() {
    try (House house = new House()) {
      house.validating.add(
          asked ->
              name(asked).equals("b")
                  ? Verdict.of(List.of(Objection.forbidden("not this one")))
                  : Verdict.SILENT);

      Together.Refused refused = refused(client(house).createAll(NOTE, notes("a", "b", "c")));

      assertThat(refused.index()).isEqualTo(1);
      assertThat(refused.problem()).isInstanceOf(Problem.Denied.class);
      assertThat(names(house)).isEmpty();
    }
  }

  @Test
  void whatWasPreparedForTheOthersIsDiscarded() {
    try (House house = new House()) {
      List<String> closed = new ArrayList<>();
      house.preparations.add(
          (context, old, object) -> {
            if (object.name().equals("c")) {
              throw new ApiException(new Problem.BadRequest("not c"));
            }
            Preparation.Prepared plain = Preparation.Prepared.unchanged(object);
            return closing(plain, () -> closed.add(object.name()));
          });

      Together.Refused refused = refused(client(house).createAll(NOTE, notes("a", "b", "c")));

      assertThat(refused.index()).isEqualTo(2);
      assertThat(closed).containsExactly("b", "a");
    }
  }

  private static Preparation.Prepared closing(Preparation.Prepared of, Runnable close) {
    return new Preparation.Prepared() {
      @Override
      public ApiObject object() {
        return of.object();
      }

      @Override
      public List<FieldError> errors() {
        return of.errors();
      }

      @Override
      public void publish() {
        of.publish();
      }

      @Override
      public void addTo(Plan plan) {
        of.addTo(plan);
      }

      @Override
      public void keep() {
        of.keep();
      }

      @Override
      public void close() {
        close.run();
      }
    };
  }

  @Test
  void numbersAreGivenInOrderAndNamesWithThem() {
    try (House house = new House()) {
      Client client = client(house);
      client.create(TICKET, ticket("\"generateName\":\"q-\"", "q"));

      List<Written> written =
          client
              .createAll(
                  TICKET,
                  List.of(
                      ticket("\"generateName\":\"q-\"", "q"),
                      ticket("\"generateName\":\"r-\"", "r"),
                      ticket("\"name\":\"mine\"", "q"),
                      ticket("\"generateName\":\"q-\"", "q")))
              .orThrow();

      assertThat(written)
          .extracting(w -> w.object().name() + " " + w.object().text("status", "call"))
          .containsExactly("q-2 no. 2!", "r-1 no. 1!", "mine no. 3!", "q-4 no. 4!");
    }
  }

  @Test
  void contributionsOfAllCountAgainstAQuota() {
    try (House house = new House()) {
      house.contributions.add(
          plan -> {
            long created =
                plan.steps().stream()
                    .filter(s -> s instanceof Step.Write w && w.kind().equals(NOTE))
                    .filter(s -> ((Step.Write) s).old() == null)
                    .count();
            for (long i = 0; i < created; i++) {
              plan.add(new Step.Count("quota/notes", 3));
            }
          });
      Client client = client(house);
      client.createAll(NOTE, notes("a", "b")).orThrow();

      Together.Refused refused = refused(client.createAll(NOTE, notes("c", "d")));

      assertThat(refused.index()).isEqualTo(Together.NONE);
      assertThat(refused.problem())
          .isInstanceOfSatisfying(
              Problem.Forbidden.class,
              forbidden -> assertThat(forbidden.message()).contains("exceeded quota"));
      assertThat(house.storage.records().counter("quota/notes")).isEqualTo(2);
      assertThat(client.createAll(NOTE, notes("c")).orThrow()).hasSize(1);
      assertThat(names(house)).containsExactly("a", "b", "c");
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
  void theRightToCreateIsAskedOnceAndToChangeForEachName() {
    try (House house = new House()) {
      Rights rights = new Rights().give("notes", "create");
      house.authorizer = rights;
      Client client = house.server().client(WRITER);

      client.createAll(NOTE, notes("a", "b", "c")).orThrow();

      assertThat(rights.asked())
          .extracting(a -> a.verb() + " " + a.resource().resource() + " " + a.name())
          .containsExactly("create notes ");
      rights.giveOne("notes/status", "a", "update").giveOne("notes/status", "b", "update");
      rights.give("notes", "get");
      client.updateStatuses(NOTE, "team", List.of(read("a"), read("b"))).orThrow();
      Together.Refused refused =
          refused(client.updateStatuses(NOTE, "team", List.of(read("a"), read("c"))));
      assertThat(refused.problem())
          .isInstanceOfSatisfying(
              Problem.Forbidden.class, forbidden -> assertThat(forbidden.name()).isEqualTo("c"));
    }
  }

  @Test
  void aClaimThatOneObjectLacksRefusesAll() {
    try (House house = new House()) {
      house.notes =
          new Strategy() {
            @Override
            public List<Claim> claims(
                WriteContext context, @Nullable ApiObject old, ApiObject object) {
              return object.name().equals("b")
                  ? List.of(new Claim("use", TICKET.resource(), "", "b"))
                  : List.of();
            }
          };
      house.authorizer = new Rights().give("notes", "create");

      Together.Refused refused =
          refused(house.server().client(WRITER).createAll(NOTE, notes("a", "b")));

      assertThat(refused.index()).isEqualTo(1);
      assertThat(refused.problem()).isInstanceOf(Problem.Forbidden.class);
      assertThat(names(house)).isEmpty();
    }
  }

  @Test
  void theEntryOfManyNamesNoneAndItsCommandIsAScriptThatDoesItAgain() {
    try (House house = new House()) {
      Client client = client(house);
      Revision before = house.head();

      List<Written> created =
          client
              .createAll(NOTE, List.of(note("a"), note("b").withText("It's\nEOF", "spec", "title")))
              .orThrow();
      client.updateStatuses(NOTE, "team", List.of(read("a"), read("b"))).orThrow();

      List<ApiObject> entries = house.trailAfter(before);
      assertThat(entries)
          .extracting(
              e ->
                  e.text("verb")
                      + " "
                      + e.text("resource", "resource")
                      + "/"
                      + e.text("resource", "subresource")
                      + " "
                      + e.text("resource", "name")
                      + e.text("stage"))
          .containsExactly("create notes/ Commit", "update notes/status Commit");
      assertThat(entries.getFirst().at("revision"))
          .hasToString("Optional[" + created.getLast().object().resourceVersion() + "]");
      assertThat(entries.getFirst().at("code")).hasToString("Optional[201]");
      String script = entries.getFirst().text("command");
      List<Bash.Seen> commands = Bash.runAll(script);
      assertThat(commands)
          .allSatisfy(
              seen ->
                  assertThat(seen.words())
                      .containsExactly("create", "--namespace=team", "-f", "-"));
      assertThat(commands)
          .extracting(seen -> object(seen.input()).text("spec", "title"))
          .containsExactly("hello", "It's\nEOF");
      List<Bash.Seen> patches = Bash.runAll(entries.get(1).text("command"));
      assertThat(patches)
          .extracting(seen -> String.join(" ", seen.words()))
          .containsExactly(
              "patch notes.toys.example.org/a --namespace=team --subresource=status --type=merge"
                  + " --patch={\"status\":{\"phase\":\"Read\"}}",
              "patch notes.toys.example.org/b --namespace=team --subresource=status --type=merge"
                  + " --patch={\"status\":{\"phase\":\"Read\"}}");
    }
  }

  @Test
  void aScriptThatIsTooLongNamesTheObjectsInstead() {
    try (House house = new House()) {
      Client client = client(house);
      Revision before = house.head();
      List<ApiObject> many =
          IntStream.range(0, Client.MOST_TOGETHER)
              .mapToObj(i -> note("n" + i, "a title of forty characters, not more..."))
              .toList();

      client.createAll(NOTE, many).orThrow();

      String command = house.trailAfter(before).getFirst().text("command");
      assertThat(command.lines())
          .hasSize(Client.MOST_TOGETHER + 1)
          .allMatch(l -> l.startsWith("# "));
      assertThat(command).contains("create notes.toys.example.org team/n0\n").contains("team/n127");
      assertThat(names(house)).hasSize(Client.MOST_TOGETHER);
    }
  }

  @Test
  void theChainOfHashesHoldsOverEntriesOfManyAndOfOne() throws Exception {
    try (House house = new House()) {
      Client client = client(house);
      client.createAll(NOTE, notes("a", "b")).orThrow();
      client.create(NOTE, note("c"));
      client.updateStatuses(NOTE, "team", List.of(read("a"), read("c"))).orThrow();

      List<StoredObject> entries =
          new ArrayList<>(house.objects.list(AUDIT, null, null, 100, null).objects());
      entries.sort(Comparator.comparing(StoredObject::revision));
      assertThat(entries).hasSize(4);
      String previous = "0".repeat(64);
      for (StoredObject stored : entries) {
        ApiObject entry = house.objects.read(AUDIT, stored);
        assertThat(entry.text("previousHash")).isEqualTo(previous);
        String blank = stored.content().utf8().replace(entry.text("hash"), "0".repeat(64));
        byte[] digest =
            MessageDigest.getInstance("SHA-256").digest(blank.getBytes(StandardCharsets.UTF_8));
        assertThat(entry.text("hash")).isEqualTo(HexFormat.of().formatHex(digest));
        previous = entry.text("hash");
      }
    }
  }

  @Test
  void notesOfSeveralObjectsStandInLines() {
    try (House house = new House()) {
      house.validating.add(
          asked ->
              asked.context().kind().equals(NOTE)
                  ? new Verdict(
                      List.of(),
                      List.of(),
                      Map.of("toys.example.org/seen", name(asked), "toys.example.org/same", "x"))
                  : Verdict.SILENT);
      Client client = client(house);
      Revision before = house.head();

      client.createAll(NOTE, notes("a", "b")).orThrow();

      ApiObject entry = house.trailAfter(before).getFirst();
      assertThat(entry.text("annotations", "toys.example.org/seen")).isEqualTo("a\nb");
      assertThat(entry.text("annotations", "toys.example.org/same")).isEqualTo("x");
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

  @Test
  void aNamespaceThatIsMissingRefusesAll() {
    try (House house = new House()) {
      List<ApiObject> elsewhere =
          notes("a", "b").stream()
              .map(note -> note.withText("nowhere", "metadata", "namespace"))
              .toList();

      Together.Refused refused = refused(client(house).createAll(NOTE, elsewhere));

      assertThat(refused.index()).isZero();
      assertThat(refused.problem())
          .isEqualTo(new Problem.NotFound(House.NAMESPACE.resource(), "nowhere"));
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

      Together together = client.createAll(NOTE, names.stream().map(TogetherTest::note).toList());

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
