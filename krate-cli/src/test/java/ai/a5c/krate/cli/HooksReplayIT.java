package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks are replayed and tested: by {@code krate hooks replay}, and by kubectl's way. */
class HooksReplayIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path temporary;

  private record Said(int code, String out, String err) {}

  private static Said krate(ServerProcess server, String... arguments) {
    List<String> all = new ArrayList<>(List.of("hooks", "replay"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--data-dir", server.data().toString()));
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        Main.run(
            all,
            Map.of(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            0);
    return new Said(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aSpanAndASingleDeliveryAreReplayedAndATestIsSent() throws Exception {
    try (var server = ServerProcess.start(temporary.resolve("data"));
        var receiver = new WebhookReceiver()) {
      Forge forge = Forge.create(server, temporary.resolve("clone"), "acme", "web");
      receiver.subscribe(forge);
      List<String> titles = List.of("one", "two", "three");
      titles.forEach(t -> server.api().create(forge.issues(), forge.issue(t)).expect(201));
      String deliveries = Api.records(forge.namespace(), "webhookdeliveries");
      awaitDelivered(server, deliveries, 3);
      List<String> ids = ids(receiver);

      Said said = krate(server, "receiver", "--namespace", forge.namespace(), "--since", "1h");

      assertThat(said.err()).isEmpty();
      assertThat(said.code()).isZero();
      assertThat(said.out().lines().filter(line -> line.contains(" replays receiver-"))).hasSize(3);
      assertThat(said.out()).contains("3 of 3 deliveries made from");
      awaitDelivered(server, deliveries, 6);
      assertThat(ids(receiver)).startsWith(ids.toArray(String[]::new));
      assertThat(ids(receiver).subList(3, 6)).containsExactlyElementsOf(ids);

      Said again = krate(server, "receiver", "--namespace", forge.namespace(), "--since", "1h");
      assertThat(again.out()).as("replays are not replayed").contains("3 of 3 deliveries");
      awaitDelivered(server, deliveries, 9);

      String one = said.out().lines().findFirst().orElseThrow().replaceFirst(".* ", "");
      Said single = krate(server, "receiver", "--namespace", forge.namespace(), "--delivery", one);
      assertThat(single.code()).as(single.err()).isZero();
      awaitDelivered(server, deliveries, 10);
      assertThat(ids(receiver).getLast()).isEqualTo(ids.getFirst());

      String test =
          server
              .api()
              .create(
                  deliveries,
                  """
                  {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"WebhookDelivery",
                   "metadata":{"generateName":"try-"},
                   "spec":{"subscription":"receiver","test":true}}""")
              .expect(201)
              .name();
      awaitDelivered(server, deliveries, 11);
      assertThat(server.api().get(deliveries + "/" + test).text("status", "event"))
          .isEqualTo("hook.test");
      assertThat(receiver.forged()).isEmpty();
      refusals(server, forge);
    }
  }

  private static void refusals(ServerProcess server, Forge forge) {
    Said unknown = krate(server, "nobody", "--namespace", forge.namespace(), "--since", "1h");
    assertThat(unknown.code()).isEqualTo(Main.FAILED);
    assertThat(unknown.err()).contains("The server refuses: webhooksubscriptions", "not found");
    Said most =
        krate(server, "receiver", "--namespace", forge.namespace(), "--since", "1h", "--most", "2");
    assertThat(most.code()).isEqualTo(Main.FAILED);
    assertThat(most.err()).contains("more than 2 deliveries; nothing was replayed");
    Said missing =
        krate(server, "receiver", "--namespace", forge.namespace(), "--delivery", "none");
    assertThat(missing.code()).isEqualTo(Main.FAILED);
    assertThat(missing.err()).contains("spec.replayOf", "Not found");
    assertThat(missing.out()).contains("0 of 1 deliveries are replayed");
    Said early =
        krate(
            server,
            "receiver",
            "--namespace",
            forge.namespace(),
            "--since",
            "2000-01-01T00:00:00Z",
            "--until",
            "2000-01-02T00:00:00Z");
    assertThat(early.code()).isZero();
    assertThat(early.out()).contains("0 of 0 deliveries");
  }

  private static void awaitDelivered(ServerProcess server, String deliveries, int count) {
    Waiting.until(
        count + " deliveries have arrived",
        PATIENCE,
        () ->
            server
                    .api()
                    .get(deliveries + "?fieldSelector=status.phase=Delivered")
                    .expect(200)
                    .items()
                    .size()
                == count);
  }

  /** The webhook-ids that were accepted, in order; what was answered 503 came again. */
  private static List<String> ids(WebhookReceiver receiver) {
    return receiver.arrivals().stream()
        .filter(WebhookReceiver.Arrival::accepted)
        .map(WebhookReceiver.Arrival::id)
        .toList();
  }
}
