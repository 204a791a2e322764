package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.NOTE;
import static ai.a5c.krate.apiserver.house.House.TICKET;
import static ai.a5c.krate.apiserver.request.Bundles.WRITER;
import static ai.a5c.krate.apiserver.request.Bundles.client;
import static ai.a5c.krate.apiserver.request.Bundles.name;
import static ai.a5c.krate.apiserver.request.Bundles.names;
import static ai.a5c.krate.apiserver.request.Bundles.note;
import static ai.a5c.krate.apiserver.request.Bundles.notes;
import static ai.a5c.krate.apiserver.request.Bundles.object;
import static ai.a5c.krate.apiserver.request.Bundles.read;
import static ai.a5c.krate.apiserver.request.Bundles.refused;
import static ai.a5c.krate.apiserver.request.Bundles.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.admission.Objection;
import ai.a5c.krate.apiserver.admission.Verdict;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.Rights;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every stage of the road sees every object of those that are written together. */
class TogetherStagesTest {
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
}
