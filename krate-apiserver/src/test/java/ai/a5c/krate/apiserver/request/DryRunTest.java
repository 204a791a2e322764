package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.NOTES;
import static ai.a5c.krate.apiserver.house.House.TICKETS;
import static ai.a5c.krate.apiserver.house.House.note;
import static ai.a5c.krate.apiserver.house.House.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.House.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A dry run answers as the real request would, and everything stays as it was. */
class DryRunTest {
  private static final String DRY = "?dryRun=All";

  private final House house = new House();

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void numbersAreNotUsedUp() {
    house.send("POST", TICKETS, ticket("\"generateName\":\"q-\"", "q"));
    Revision before = house.head();

    Answer dry = house.send("POST", TICKETS + DRY, ticket("\"generateName\":\"q-\"", "q"));

    assertThat(dry.status()).isEqualTo(201);
    assertThat(dry.text("metadata", "generateName")).isEqualTo("q-");
    assertThat(dry.text("metadata", "name")).isEmpty();
    assertThat(house.head()).isEqualTo(before);
    assertThat(house.storage.records().counter("number/team/q")).isEqualTo(1);
    Answer real = house.send("POST", TICKETS, ticket("\"generateName\":\"q-\"", "q"));
    assertThat(real.text("metadata", "name")).isEqualTo("q-2");
  }

  @Test
  void aNameIsDrawnAsForARealRequest() {
    Answer dry = house.send("POST", TICKETS + DRY, ticket("\"generateName\":\"other-\"", "q"));

    assertThat(dry.text("metadata", "name")).matches("other-[a-z0-9]{5}");
    assertThat(dry.text("metadata", "resourceVersion")).isEmpty();
  }

  @Test
  void aTakenNameIsRefusedInTheSameWords() {
    house.created("a");
    Revision before = house.head();

    Answer dry = house.send("POST", NOTES + DRY, note("a"));
    Answer real = house.send("POST", NOTES, note("a"));

    assertThat(dry.body()).isEqualTo(real.body());
    assertThat(house.trailAfter(before)).hasSize(1);
  }
}
