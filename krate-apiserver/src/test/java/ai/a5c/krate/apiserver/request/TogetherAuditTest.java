package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.AUDIT;
import static ai.a5c.krate.apiserver.house.House.NOTE;
import static ai.a5c.krate.apiserver.request.Bundles.client;
import static ai.a5c.krate.apiserver.request.Bundles.name;
import static ai.a5c.krate.apiserver.request.Bundles.names;
import static ai.a5c.krate.apiserver.request.Bundles.note;
import static ai.a5c.krate.apiserver.request.Bundles.notes;
import static ai.a5c.krate.apiserver.request.Bundles.object;
import static ai.a5c.krate.apiserver.request.Bundles.read;
import static ai.a5c.krate.apiserver.request.Bundles.stored;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.admission.Verdict;
import ai.a5c.krate.apiserver.house.Bash;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.spi.storage.StoredObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the trail says of objects that were written together. */
class TogetherAuditTest {
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
}
