package ai.a5c.krate.cli;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The deliveries of one subscription, on the server that runs on a data folder. Methods throw
 * {@link CommandFailedException} with what to do about it, {@link IOException} or {@link
 * java.io.UncheckedIOException} if the server was not reached.
 */
final class Replays {
  private static final Set<String> FINISHED = Set.of("Delivered", "Failed");
  private static final int LONGEST_ANSWER = 8 * 1024 * 1024;
  private static final int LONGEST_PREFIX = 200;
  private static final int GONE = 410;
  private static final int TOO_MANY = 429;

  /** Pages belong to one snapshot, which long lists may outlive. */
  private static final int ATTEMPTS = 3;

  /** How many seconds to wait for a queue that does not get shorter. */
  private static final int PATIENCE = 600;

  private final AdminEndpoint server;
  private final ReplaySettings settings;
  private final String deliveries;

  Replays(AdminEndpoint server, ReplaySettings settings) {
    this.server = server;
    this.settings = settings;
    this.deliveries =
        "/apis/krate.a5c.ai/v1alpha1/namespaces/" + settings.namespace() + "/webhookdeliveries";
  }

  /**
   * What there is to replay.
   *
   * @param names in the order of the events
   * @param unfinished how many of the span are still to be sent
   */
  record Found(List<String> names, int unfinished) {
    Found {
      names = List.copyOf(names);
    }
  }

  /** What the span has. */
  Found inSpan() throws IOException {
    requireSubscription();
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Selection selection = new Selection(settings);
      if (readAll(selection)) {
        return selection.found();
      }
    }
    throw new CommandFailedException(
        "The history is discarded faster than the deliveries are read. Try again.");
  }

  /** Whose name is misspelt has no deliveries, which is not what was asked. */
  private void requireSubscription() throws IOException {
    String target =
        "/apis/config.krate.a5c.ai/v1alpha1/namespaces/"
            + settings.namespace()
            + "/webhooksubscriptions/"
            + settings.subscription();
    try (ApiResponse answer = server.call(ApiRequest.get(target))) {
      if (answer.status() != 200) {
        throw refused(read(answer));
      }
    }
  }

  /** Whether all of it could be read in one snapshot. */
  private boolean readAll(Selection selection) throws IOException {
    String first =
        deliveries
            + "?limit=500&fieldSelector="
            + encoded("spec.subscription=" + settings.subscription());
    String token = "";
    do {
      String next = token.isEmpty() ? "" : "&continue=" + encoded(token);
      try (ApiResponse page = server.call(ApiRequest.get(first + next))) {
        if (page.status() == GONE) {
          return false;
        }
        if (page.status() != 200) {
          throw refused(read(page));
        }
        token = ListPage.read(page.body(), item -> selection.add(Json.stored(Bytes.owning(item))));
      }
    } while (!token.isEmpty());
    return true;
  }

  /** Asks for a replay and gives its name; waits while too many are waiting. */
  String replay(String original) throws IOException {
    String prefix = settings.subscription() + "-replay-";
    String text =
        Json.write(
                Json.object()
                    .add("apiVersion", "krate.a5c.ai/v1alpha1")
                    .add("kind", "WebhookDelivery")
                    .add(
                        "metadata",
                        Json.object()
                            .add(
                                "generateName",
                                prefix.substring(Math.max(0, prefix.length() - LONGEST_PREFIX))))
                    .add(
                        "spec",
                        Json.object()
                            .add("subscription", settings.subscription())
                            .add("replayOf", original))
                    .build())
            .utf8();
    for (int second = 0; ; second++) {
      ApiRequest request = ApiRequest.of("POST", deliveries, "application/json", text);
      try (ApiResponse answer = server.call(request)) {
        JsonObject body = read(answer);
        if (answer.status() / 100 == 2) {
          return JsonTree.textAt(body, "metadata", "name");
        }
        if (answer.status() != TOO_MANY || second == PATIENCE) {
          throw refused(body);
        }
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    }
  }

  private JsonObject read(ApiResponse answer) throws IOException {
    try {
      byte[] bytes = answer.body().readNBytes(LONGEST_ANSWER);
      return Json.parse(Bytes.owning(bytes), LONGEST_ANSWER).object();
    } catch (ApiException e) {
      throw new CommandFailedException(
          "What answers at " + server.url() + " is no Krate server.", e);
    }
  }

  private static CommandFailedException refused(JsonObject status) {
    return new CommandFailedException("The server refuses: " + JsonTree.textAt(status, "message"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Picks what is to be replayed from a list in the order of names, which is that of events. */
  private static final class Selection {
    private final ReplaySettings settings;
    private final List<String> names = new ArrayList<>();
    private int unfinished;

    Selection(ReplaySettings settings) {
      this.settings = settings;
    }

    void add(JsonObject delivery) {
      JsonObject spec = JsonTree.objectAt(delivery, "spec");
      Instant made = Instant.parse(JsonTree.textAt(delivery, "metadata", "creationTimestamp"));
      String phase = JsonTree.textAt(delivery, "status", "phase");
      if (spec.containsKey("replayOf")
          || spec.containsKey("test")
          || made.isBefore(settings.since())
          || !made.isBefore(settings.until())) {
        return;
      }
      if (!FINISHED.contains(phase)) {
        unfinished++;
      } else if (settings.phase().isEmpty() || settings.phase().equals(phase)) {
        if (names.size() == settings.most()) {
          throw new CommandFailedException(
              "The span has more than "
                  + settings.most()
                  + " deliveries; nothing was replayed. Name a shorter one, or a larger --most.");
        }
        names.add(JsonTree.textAt(delivery, "metadata", "name"));
      }
    }

    Found found() {
      return new Found(names, unfinished);
    }
  }
}
