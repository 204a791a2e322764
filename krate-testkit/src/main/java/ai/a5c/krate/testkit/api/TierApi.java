package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.testkit.api.TierDoors.Person;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What people of {@link TrustTierSuite} ask of the API, and what it shows them. */
final class TierApi {
  static final String NAMESPACE = "krate-org-tiers";
  static final String CONFIG = "/apis/config.krate.a5c.ai/v1alpha1";

  private static final String RECORDS = "/apis/krate.a5c.ai/v1alpha1";
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed", "Canceled");
  private static final Duration FUSE = Duration.ofMinutes(5);
  private static final long POLL = TimeUnit.MILLISECONDS.toNanos(50);

  private final Map<Person, ApiEndpoint> endpoints = new EnumMap<>(Person.class);

  TierApi(TierDoors doors) throws Exception {
    for (Person person : Person.values()) {
      endpoints.put(person, doors.endpoint(person));
    }
  }

  /** The pipeline that an event started, by a member of its spec. */
  JsonObject startedFor(String member, String value) {
    List<JsonObject> found = new ArrayList<>();
    await(
        "a pipeline of " + member + " " + value,
        () -> {
          found.clear();
          list(pipelines()).stream()
              .filter(one -> Json.text(one, "spec/" + member).equals(value))
              .forEach(found::add);
          return !found.isEmpty();
        });
    return found.getFirst();
  }

  JsonObject pipeline(String name) {
    return get(Person.ADMIN, pipelines() + "/" + name).is(200).body();
  }

  String phase(String pipeline) {
    return Json.text(pipeline(pipeline), "status/phase");
  }

  String jobPhase(String job) {
    return get(Person.ADMIN, jobs() + "/" + job).text("status/phase");
  }

  void awaitEnded() {
    await(
        "every pipeline has ended",
        () ->
            list(pipelines()).stream()
                .allMatch(one -> ENDED.contains(Json.text(one, "status/phase"))));
  }

  String log(String job) {
    return text(Person.ADMIN, "GET", jobs() + "/" + job + "/log", Map.of(), "").text();
  }

  String pipelines() {
    return records("pipelines");
  }

  String jobs() {
    return records("jobs");
  }

  String records(String plural) {
    return RECORDS + "/namespaces/" + NAMESPACE + "/" + plural;
  }

  String config(String plural) {
    return CONFIG + "/namespaces/" + NAMESPACE + "/" + plural;
  }

  List<JsonObject> list(String collection) {
    List<JsonObject> all = new ArrayList<>();
    String token = "";
    do {
      Reply page =
          get(
                  Person.ADMIN,
                  collection
                      + "?limit=500&continue="
                      + URLEncoder.encode(token, StandardCharsets.UTF_8))
              .is(200);
      all.addAll(page.items());
      token = page.text("metadata/continue");
    } while (!token.isEmpty());
    return all;
  }

  /** All that a collection shows. */
  String everything(String collection) {
    var text = new StringBuilder();
    list(collection).forEach(text::append);
    return text.toString();
  }

  Reply get(Person person, String target) {
    return send(person, "GET", target, Map.of(), "");
  }

  Reply post(Person person, String target, String body) {
    return send(person, "POST", target, Map.of(), body);
  }

  Reply patch(Person person, String target, String body) {
    return send(person, "PATCH", target, Map.of(), body);
  }

  Reply delete(Person person, String target) {
    return send(person, "DELETE", target, Map.of(), "");
  }

  Reply send(
      Person person, String method, String target, Map<String, String> headers, String body) {
    Answer answer = text(person, method, target, headers, body);
    JsonObject json;
    try {
      json = Json.parse(answer.text());
    } catch (JsonException e) {
      json = JsonValue.EMPTY_JSON_OBJECT;
    }
    return new Reply(answer.status(), Headers.NONE, json);
  }

  private record Answer(int status, String text) {}

  private Answer text(
      Person person, String method, String target, Map<String, String> headers, String body) {
    ApiEndpoint endpoint = Objects.requireNonNull(endpoints.get(person));
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    ApiRequest request = ApiRequest.of(method, target, type, body);
    var all = request.headers();
    for (Map.Entry<String, String> header : headers.entrySet()) {
      all = all.with(header.getKey(), header.getValue());
    }
    try (ApiResponse response =
        endpoint.call(new ApiRequest(method, request.target(), all, request.body()))) {
      return new Answer(
          response.status(), new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void await(String what, BooleanSupplier question) {
    long deadline = System.nanoTime() + FUSE.toNanos();
    while (!question.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("waited in vain: " + what).isNegative();
      LockSupport.parkNanos(POLL);
    }
  }
}
