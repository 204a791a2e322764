package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Krate signs is verified by the Standard Webhooks libraries of Java, Python and JavaScript;
 * and what somebody altered is refused by them.
 */
class StandardWebhooksIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long LONGEST_INSTALLATION_MINUTES = 10;
  private static final String OLD = secret("the secret that is given up");
  private static final String NEW = secret("the secret that comes after");
  private static final String OTHER = secret("somebody else's secret");
  private static final Path SOURCES = Path.of("src", "test", "webhooks").toAbsolutePath();
  private static final Path LIBRARIES = Path.of("target", "webhook-libraries").toAbsolutePath();

  @TempDir Path temporary;

  /** A request as it came. */
  private record Arrival(Map<String, String> headers, String body) {
    String type() {
      return headers.getOrDefault("x-krate-event", "");
    }
  }

  /** A question to the libraries, and what their answer has to be. */
  private record Question(String what, String secret, Arrival arrival, boolean good) {
    String line() {
      JsonObjectBuilder headers = Json.createObjectBuilder();
      arrival.headers().forEach(headers::add);
      return Json.createObjectBuilder()
          .add("secret", secret)
          .add("headers", headers)
          .add("body", arrival.body())
          .build()
          .toString();
    }

    String expected() {
      return what + ": " + (good ? "verified" : "refused");
    }

    String answered(String verdict) {
      return what + ": " + verdict.replaceFirst(":.*", "");
    }
  }

  @Test
  void theLibrariesOfThreeLanguagesVerifyWhatIsSent() throws Exception {
    List<Arrival> arrivals = new CopyOnWriteArrayList<>();
    HttpServer receiver = receiver(arrivals);
    try (var server = ServerProcess.start(temporary.resolve("data"))) {
      Forge forge = Forge.create(server, temporary.resolve("clone"), "acme", "web");
      String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
      subscribe(forge, url);
      Arrival event = issue(forge, arrivals, "Grüße, \\\"世界\\\" 🚀 </script>");
      rotate(forge, "[{\"name\":\"old\",\"key\":\"key\"},{\"name\":\"new\",\"key\":\"key\"}]");
      Arrival during = issue(forge, arrivals, "while two secrets sign");
      rotate(forge, "[{\"name\":\"new\",\"key\":\"key\"}]");
      Arrival test = ask(forge, arrivals, "\"test\":true");
      Arrival replay = ask(forge, arrivals, "\"replayOf\":\"" + first(forge) + "\"");

      assertThat(test.type()).isEqualTo("hook.test");
      assertThat(replay.body()).isEqualTo(event.body());
      List<Question> questions = new ArrayList<>();
      questions.add(new Question("an event", OLD, event, true));
      questions.add(new Question("an event by the next secret", NEW, event, false));
      questions.add(new Question("a rotation, the old secret", OLD, during, true));
      questions.add(new Question("a rotation, the new secret", NEW, during, true));
      questions.add(new Question("a test", NEW, test, true));
      questions.add(new Question("a replay", NEW, replay, true));
      questions.add(new Question("a replay by the first secret", OLD, replay, false));
      questions.add(new Question("by another secret", OTHER, during, false));
      questions.add(
          new Question(
              "another body", OLD, new Arrival(event.headers(), event.body() + " "), false));
      questions.add(new Question("another id", OLD, with(event, "webhook-id", "evt_1"), false));
      questions.add(
          new Question("another time", OLD, with(event, "webhook-timestamp", later(event)), false));

      List<String> expected = questions.stream().map(Question::expected).toList();
      assertThat(java(questions)).as("Java").isEqualTo(expected);
      install();
      assertThat(
              asked(
                  questions,
                  LIBRARIES.resolve("python/bin/python").toString(),
                  SOURCES.resolve("verify.py").toString()))
          .as("Python")
          .isEqualTo(expected);
      assertThat(
              asked(
                  questions,
                  "node",
                  SOURCES.resolve("verify.mjs").toString(),
                  LIBRARIES.toString()))
          .as("JavaScript")
          .isEqualTo(expected);
    } finally {
      receiver.stop(0);
    }
  }

  private static HttpServer receiver(List<Arrival> arrivals) throws IOException {
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          try (exchange) {
            Map<String, String> headers = new HashMap<>();
            exchange
                .getRequestHeaders()
                .forEach(
                    (name, values) ->
                        headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
            byte[] body = exchange.getRequestBody().readAllBytes();
            arrivals.add(new Arrival(headers, new String(body, StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(204, -1);
          }
        });
    receiver.start();
    return receiver;
  }

  private static void subscribe(Forge forge, String url) {
    Api api = forge.server().api();
    Map.of("old", OLD, "new", NEW)
        .forEach(
            (name, secret) ->
                api.create(
                        Api.CORE + "/namespaces/" + forge.namespace() + "/secrets",
                        """
                        {"apiVersion":"v1","kind":"Secret","metadata":{"name":"%s"},
                         "data":{"key":"%s"}}"""
                            .formatted(name, base64(secret)))
                    .expect(201));
    api.create(
            Api.config(forge.namespace(), "webhooksubscriptions"),
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"WebhookSubscription",
             "metadata":{"name":"receiver"},"spec":{"url":"%s","events":["issue.created"],
             "secretRefs":[{"name":"old","key":"key"}]}}"""
                .formatted(url))
        .expect(201);
  }

  private static void rotate(Forge forge, String secretRefs) {
    forge
        .server()
        .api()
        .patch(
            Api.config(forge.namespace(), "webhooksubscriptions") + "/receiver",
            "{\"spec\":{\"secretRefs\":" + secretRefs + "}}")
        .expect(200);
  }

  private static Arrival issue(Forge forge, List<Arrival> arrivals, String title) {
    int before = arrivals.size();
    forge.server().api().create(forge.issues(), forge.issue(title)).expect(201);
    return next(arrivals, before);
  }

  private static Arrival ask(Forge forge, List<Arrival> arrivals, String what) {
    int before = arrivals.size();
    forge
        .server()
        .api()
        .create(
            Api.records(forge.namespace(), "webhookdeliveries"),
            """
            {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"WebhookDelivery",
             "metadata":{"generateName":"asked-"},"spec":{"subscription":"receiver",%s}}"""
                .formatted(what))
        .expect(201);
    return next(arrivals, before);
  }

  private static Arrival next(List<Arrival> arrivals, int before) {
    Waiting.until("a request has come", PATIENCE, () -> arrivals.size() > before);
    return arrivals.get(before);
  }

  /** The delivery of the first event, once it is finished. */
  private static String first(Forge forge) {
    String first =
        Api.records(forge.namespace(), "webhookdeliveries")
            + "?limit=1&fieldSelector=status.event=issue.created,status.phase=Delivered";
    Waiting.until(
        "the first delivery is finished",
        PATIENCE,
        () -> !forge.server().api().get(first).expect(200).items().isEmpty());
    return Api.text(forge.server().api().get(first).items().getFirst(), "metadata", "name");
  }

  private static Arrival with(Arrival arrival, String header, String value) {
    Map<String, String> headers = new HashMap<>(arrival.headers());
    headers.put(header, value);
    return new Arrival(headers, arrival.body());
  }

  private static String later(Arrival arrival) {
    return Long.toString(Long.parseLong(arrival.headers().get("webhook-timestamp")) + 1);
  }

  private static List<String> java(List<Question> questions) {
    List<String> answers = new ArrayList<>();
    for (Question question : questions) {
      Map<String, List<String>> headers = new HashMap<>();
      question.arrival().headers().forEach((name, value) -> headers.put(name, List.of(value)));
      String verdict;
      try {
        new Webhook(question.secret())
            .verify(question.arrival().body(), HttpHeaders.of(headers, (name, value) -> true));
        verdict = "verified";
      } catch (WebhookVerificationException e) {
        verdict = "refused";
      }
      answers.add(question.answered(verdict));
    }
    return answers;
  }

  private void install() throws Exception {
    Process installation =
        new ProcessBuilder(SOURCES.resolve("install").toString(), LIBRARIES.toString())
            .redirectErrorStream(true)
            .redirectOutput(temporary.resolve("installation").toFile())
            .start();
    boolean ended = installation.waitFor(LONGEST_INSTALLATION_MINUTES, TimeUnit.MINUTES);
    installation.destroyForcibly();
    assertThat(ended && installation.exitValue() == 0)
        .as(
            "python3 with venv, node and npm are needed, and the registries of both: %s",
            Files.readString(temporary.resolve("installation")))
        .isTrue();
  }

  private List<String> asked(List<Question> questions, String... command) throws Exception {
    Path in = temporary.resolve("questions");
    Files.write(in, questions.stream().map(Question::line).toList());
    Path out = temporary.resolve("answers");
    Process library =
        new ProcessBuilder(command)
            .redirectInput(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    boolean ended = library.waitFor(LONGEST_INSTALLATION_MINUTES, TimeUnit.MINUTES);
    library.destroyForcibly();
    List<String> verdicts = Files.readAllLines(out);
    assertThat(ended).as(String.join("\n", verdicts)).isTrue();
    assertThat(verdicts).hasSameSizeAs(questions);
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      answers.add(questions.get(i).answered(verdicts.get(i)));
    }
    return answers;
  }

  private static String secret(String text) {
    return "whsec_" + base64(text);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
