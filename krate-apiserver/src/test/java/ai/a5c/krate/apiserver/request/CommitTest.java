package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.ADMIN;
import static ai.a5c.krate.apiserver.house.House.NOTE;
import static ai.a5c.krate.apiserver.house.House.NOTES;
import static ai.a5c.krate.apiserver.house.House.TICKETS;
import static ai.a5c.krate.apiserver.house.House.note;
import static ai.a5c.krate.apiserver.house.House.ticket;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.admission.Objection;
import ai.a5c.krate.apiserver.admission.Verdict;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.House.Answer;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.spi.storage.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The last stage of the road: what is tried again, what is told, what is kept. */
class CommitTest {
  private final House house = new House();
  private final List<String> steps = new ArrayList<>();

  @AfterEach
  void close() {
    house.close();
  }

  /** Prepares notes that ask for it, and writes down what happens to the preparation. */
  private void preparing(FieldError... errors) {
    house.preparations.add(
        (context, old, object) ->
            object.isTrue("spec", "prepare")
                ? new Recorded(object.withText("done", "status", "prepared"), List.of(errors))
                : Preparation.Prepared.unchanged(object));
  }

  private final class Recorded implements Preparation.Prepared {
    private final ApiObject object;
    private final List<FieldError> errors;

    Recorded(ApiObject object, List<FieldError> errors) {
      this.object = object;
      this.errors = errors;
      steps.add("prepare");
    }

    @Override
    public ApiObject object() {
      return object;
    }

    @Override
    public List<FieldError> errors() {
      return errors;
    }

    @Override
    public void publish() {
      steps.add("publish");
    }

    @Override
    public void addTo(Plan plan) {
      plan.add(new Step.Count("prepared", Long.MAX_VALUE));
    }

    @Override
    public void keep() {
      steps.add("keep");
    }

    @Override
    public void close() {
      steps.add("close");
    }
  }

  private static String prepared(String name) {
    return note(name).replace("\"spec\":{", "\"spec\":{\"prepare\":true,");
  }

  private long preparedCount() {
    return house.storage.records().counter("prepared");
  }

  /** Somebody else changes the note {@code a} in the middle of the first so many requests. */
  private AtomicInteger disturbing(int times) {
    AtomicInteger left = new AtomicInteger(times);
    AtomicInteger seen = new AtomicInteger();
    house.validating.add(
        asked -> {
          ApiObject old = asked.old();
          boolean ours = asked.context().subject().equals(ADMIN) && old != null;
          if (ours && asked.context().subresource().isEmpty()) {
            seen.incrementAndGet();
            if (left.getAndDecrement() > 0) {
              String label = "d" + left.get();
              Written unused =
                  house
                      .server()
                      .client(House.ADMIN)
                      .updateStatus(NOTE, "team", "a", o -> o.withText(label, "status", "phase"));
            }
          }
          return Verdict.SILENT;
        });
    return seen;
  }

  @Test
  void aPatchThatLostARaceBeginsAgainFromWhatIsThereThen() {
    AtomicInteger attempts = disturbing(3);
    house.created("a");

    Answer patched = house.send("PATCH", NOTES + "/a", "{\"spec\":{\"title\":\"other\"}}");

    assertThat(patched.status()).isEqualTo(200);
    assertThat(attempts).hasValue(4);
    assertThat(patched.text("status", "phase")).isEqualTo("d0");
    assertThat(patched.text("spec", "title")).isEqualTo("other");
  }

  @Test
  void anUpdateThatLostARaceIsAConflictAndChangesNothing() {
    disturbing(1);
    ApiObject a = house.created("a");

    Answer refused =
        house.send("PUT", NOTES + "/a", a.withText("other", "spec", "title").json().toString());

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("reason")).isEqualTo("Conflict");
    assertThat(house.get(NOTES + "/a").text("spec", "title")).isEqualTo("hello");
  }

  @Test
  void aDeletionWithAPreconditionThatLostARaceIsAConflict() {
    disturbing(1);
    ApiObject a = house.created("a");

    Answer refused =
        house.send(
            "DELETE",
            NOTES + "/a",
            "{\"preconditions\":{\"resourceVersion\":\"" + a.resourceVersion() + "\"}}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(house.get(NOTES + "/a").status()).isEqualTo(200);
  }

  @Test
  void aDeletionThatLostARaceDeletesWhatIsThereThen() {
    disturbing(2);
    house.created("a");

    assertThat(house.send("DELETE", NOTES + "/a", "").status()).isEqualTo(200);
    assertThat(house.get(NOTES + "/a").status()).isEqualTo(404);
  }

  @Test
  void whoLosesEveryRaceIsToldInTheEnd() {
    AtomicLong nanos = new AtomicLong();
    house.nanos = () -> nanos.addAndGet(1_000_000_000L);
    disturbing(Integer.MAX_VALUE);
    house.created("a");

    Answer refused = house.send("PATCH", NOTES + "/a", "{\"spec\":{\"title\":\"other\"}}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("reason")).isEqualTo("Conflict");
  }

  @Test
  void aPreparationIsPublishedAndKeptOnceItIsCommitted() {
    preparing();

    Answer created = house.send("POST", NOTES, prepared("a"));

    assertThat(created.text("status", "prepared")).isEqualTo("done");
    assertThat(steps).containsExactly("prepare", "publish", "keep", "close");
    assertThat(preparedCount()).isEqualTo(1);
  }

  @Test
  void aPreparationIsDiscardedWhenItCannotBeDone() {
    preparing(FieldError.forbidden("spec.prepare", "Conflicts"));

    Answer refused = house.send("POST", NOTES, prepared("a"));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().toString()).contains("Conflicts");
    assertThat(steps).containsExactly("prepare", "close");
  }

  @Test
  void aPreparationIsNeitherPublishedNorKeptOnADryRun() {
    preparing();

    Answer dry = house.send("POST", NOTES + "?dryRun=All", prepared("a"));

    assertThat(dry.text("status", "prepared")).isEqualTo("done");
    assertThat(steps).containsExactly("prepare", "close");
    assertThat(preparedCount()).isZero();
  }

  @Test
  void aPreparationIsDiscardedWhenAdmissionObjects() {
    preparing();
    house.validating.add(
        asked ->
            asked.context().kind().equals(NOTE)
                ? Verdict.of(List.of(Objection.forbidden("not today")))
                : Verdict.SILENT);

    Answer refused = house.send("POST", NOTES, prepared("a"));

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("message"))
        .isEqualTo("notes.toys.example.org \"a\" is forbidden: not today");
    assertThat(steps).containsExactly("prepare", "close");
  }

  @Test
  void aPreparationIsDiscardedAndMadeAgainAfterALostRace() {
    disturbing(1);
    preparing();
    house.created("a");

    Answer patched = house.send("PATCH", NOTES + "/a", "{\"spec\":{\"prepare\":true}}");

    assertThat(patched.status()).isEqualTo(200);
    assertThat(steps)
        .containsSubsequence("prepare", "publish", "close", "prepare", "publish", "keep", "close")
        .containsOnlyOnce("keep");
    assertThat(preparedCount()).isEqualTo(1);
  }

  @Test
  void aPreparationIsKeptWhenNobodyKnowsWhetherItWasCommitted() {
    preparing();
    house.server();
    house.storage.loseNextAnswer();

    Answer unknown = house.send("POST", NOTES, prepared("a"));

    assertThat(unknown.status()).isEqualTo(504);
    assertThat(unknown.headers().first("Retry-After")).isEmpty();
    assertThat(steps).containsExactly("prepare", "publish", "keep", "close");
    assertThat(house.get(NOTES + "/a").status()).isEqualTo(200);
  }

  @Test
  void aPreparationIsDiscardedWhenTheStoreIsAway() {
    preparing();
    house.server();
    house.storage.failNextCommit();

    Answer away = house.send("POST", NOTES, prepared("a"));

    assertThat(away.status()).isEqualTo(503);
    assertThat(away.text("reason")).isEqualTo("ServiceUnavailable");
    assertThat(away.headers().first("Retry-After")).contains("1");
    assertThat(steps).containsExactly("prepare", "publish", "close");
    assertThat(house.get(NOTES + "/a").status()).isEqualTo(404);
  }

  @Test
  void aPreparationNeverSeesWhatIsNotWellFormed() {
    preparing();

    Answer refused = house.send("POST", NOTES, prepared("a").replace("\"hello\"", "7"));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(steps).isEmpty();
  }

  @Test
  void aContributionIsInTheSameCommitAndIsAskedAgainAfterALostRace() {
    AtomicInteger asked = new AtomicInteger();
    house.contributions.add(
        plan -> {
          boolean ofNote =
              plan.steps().getFirst() instanceof Step.Write write
                  && write.kind().equals(NOTE)
                  && write.object().name().equals("a");
          if (ofNote) {
            Optional<ApiObject> tally = house.objects.get(NOTE, "team", "tally");
            if (asked.incrementAndGet() == 1) {
              Written unused =
                  house
                      .server()
                      .client(ADMIN)
                      .update(NOTE, "team", "tally", o -> o.withText("disturbed", "spec", "title"));
            }
            ApiObject old = tally.orElseThrow();
            plan.add(
                new Step.Write(
                    NOTE,
                    old,
                    old.withText(old.text("spec", "title") + "+1", "spec", "title"),
                    Template.of("tally"),
                    List.of(Plan.resourceVersion(plan.steps().size()))));
          }
        });
    house.created("tally");

    ApiObject a = house.created("a");

    assertThat(asked).hasValue(2);
    ApiObject tally = house.objects.get(NOTE, "team", "tally").orElseThrow();
    assertThat(tally.text("spec", "title")).isEqualTo("disturbed+1");
    assertThat(tally.revision()).isEqualTo(a.revision().next());
  }

  @Test
  void eightNamesAreDrawnThenTheClientIsToldToTryAgain() {
    AtomicInteger drawn = new AtomicInteger();
    house.random =
        new RandomGenerator() {
          @Override
          public long nextLong() {
            return 0;
          }

          @Override
          public int nextInt(int bound) {
            drawn.incrementAndGet();
            return 0;
          }
        };
    String body = note("x").replace("\"name\":\"x\"", "\"generateName\":\"a-\"");
    assertThat(house.send("POST", NOTES, body).text("metadata", "name")).isEqualTo("a-bbbbb");
    drawn.set(0);

    Answer refused = house.send("POST", NOTES, body);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("reason")).isEqualTo("AlreadyExists");
    assertThat(Json.write(refused.body()).utf8()).contains("\"retryAfterSeconds\":1");
    assertThat(drawn).hasValue(8 * 5);
  }

  @Test
  void numbersFollowOneAnotherWithoutAGap() {
    for (int i = 1; i <= 3; i++) {
      Answer ticket = house.send("POST", TICKETS, ticket("\"generateName\":\"q-\"", "q"));
      assertThat(ticket.text("metadata", "name")).isEqualTo("q-" + i);
      assertThat(ticket.object().at("status", "number")).hasToString("Optional[" + i + "]");
      assertThat(ticket.text("status", "call")).isEqualTo("no. " + i + "!");
      assertThat(house.get(TICKETS + "/q-" + i).body()).isEqualTo(ticket.body());
    }
    assertThat(
            house
                .send("POST", TICKETS, ticket("\"name\":\"mine\"", "q"))
                .object()
                .at("status", "number"))
        .hasToString("Optional[4]");
    house.send("POST", TICKETS, ticket("\"name\":\"mine\"", "q"));
    assertThat(house.storage.records().counter("number/team/q")).isEqualTo(4);
  }

  @Test
  void aNumberedNameThatIsTakenIsSaidAtOnce() {
    house.send("POST", TICKETS, ticket("\"name\":\"q-2\"", "q"));

    Answer refused = house.send("POST", TICKETS, ticket("\"generateName\":\"q-\"", "q"));

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("message"))
        .isEqualTo("tickets.toys.example.org \"q-2\" already exists");
  }

  @Test
  void anInvalidObjectWithoutANameIsCalledByItsPrefix() {
    String body = note("x").replace("\"name\":\"x\"", "\"generateName\":\"y-\"");

    Answer refused = house.send("POST", NOTES, body.replace("\"hello\"", "7"));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("message")).startsWith("Note.toys.example.org \"y-\" is invalid: ");
    assertThat(refused.text("details", "name")).isEqualTo("y-");
  }

  @Test
  void aQuotaIsAForbidden() {
    house.contributions.add(
        plan -> {
          if (plan.boundary() == StorageBoundary.RECORDS) {
            int unused = plan.add(new Step.Count("quota", 1));
          }
        });
    house.created("a");
    Revision before = house.head();
    Answer dry = house.send("POST", NOTES + "?dryRun=All", note("b"));
    Answer refused = house.send("POST", NOTES, note("b"));

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("message")).contains("exceeded quota: quota, limited: 1");
    assertThat(dry.body()).isEqualTo(refused.body());
    assertThat(house.head()).isEqualTo(before.next());
    assertThat(house.storage.records().counter("quota")).isEqualTo(1);
  }

  @Test
  void aControllerThatWritesWhatIsThereWritesNothing() {
    house.created("a");
    Client client = house.server().client(ADMIN);
    Written first =
        client.updateStatus(NOTE, "team", "a", o -> o.withText("Read", "status", "phase"));
    Revision before = house.head();

    Written second =
        client.updateStatus(NOTE, "team", "a", o -> o.withText("Read", "status", "phase"));
    Written third = client.update(NOTE, "team", "a", o -> o);

    assertThat(first.outcome()).isEqualTo(Written.Outcome.UPDATED);
    assertThat(second.outcome()).isEqualTo(Written.Outcome.UNCHANGED);
    assertThat(third.outcome()).isEqualTo(Written.Outcome.UNCHANGED);
    assertThat(second.object()).isEqualTo(first.object());
    assertThat(house.head()).isEqualTo(before);
  }

  @Test
  void aControllerThatWritesWhatTheKindDoesNotKnowIsWrong() {
    house.created("a");
    Client client = house.server().client(ADMIN);

    assertThatThrownBy(
            () -> client.updateStatus(NOTE, "team", "a", o -> o.withText("x", "status", "typo")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("status.typo");
  }
}
