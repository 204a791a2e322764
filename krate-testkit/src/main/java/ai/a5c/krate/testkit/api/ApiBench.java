package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** What the rules of {@link ApiConformance} work with: an endpoint, a namespace, short words. */
public final class ApiBench {
  static final String JSON = "application/json";
  static final String MERGE = "application/merge-patch+json";
  static final String JSON_PATCH = "application/json-patch+json";

  private final ApiEndpoint endpoint;
  private final TestedKind kind;
  private final String namespace;
  private final String otherNamespace;
  private final Duration patience;

  ApiBench(
      ApiEndpoint endpoint,
      TestedKind kind,
      String namespace,
      String otherNamespace,
      Duration patience) {
    this.endpoint = endpoint;
    this.kind = kind;
    this.namespace = namespace;
    this.otherNamespace = otherNamespace;
    this.patience = patience;
  }

  TestedKind kind() {
    return kind;
  }

  String namespace() {
    return namespace;
  }

  String otherNamespace() {
    return otherNamespace;
  }

  String collection() {
    return kind.collection(namespace);
  }

  String path(String name) {
    return collection() + "/" + name;
  }

  /** A valid object. */
  JsonObject object(String name) {
    return Json.with(nameless(), "metadata/name", name);
  }

  JsonObject nameless() {
    return Json.object()
        .add("apiVersion", kind.apiVersion())
        .add("kind", kind.kind())
        .add("metadata", Json.object())
        .add("spec", kind.spec())
        .build();
  }

  JsonObject labelled(String name, String label, String value) {
    return Json.with(object(name), "metadata/labels/" + label, value);
  }

  /** An object's labels without those that the server puts on every object of the kind. */
  JsonObject labels(JsonObject object) {
    JsonObject plain = post(collection() + "?dryRun=All", object("plain")).is(201).body();
    JsonObjectBuilder labels = Json.object(labelsOf(object));
    labelsOf(plain).keySet().forEach(labels::remove);
    return labels.build();
  }

  private static JsonObject labelsOf(JsonObject object) {
    JsonObject labels = object.getJsonObject("metadata").getJsonObject("labels");
    return labels == null ? JsonValue.EMPTY_JSON_OBJECT : labels;
  }

  /** A merge patch that changes the spec. */
  String text(String word) {
    return Json.with(Json.object().build(), "spec/" + kind.text(), word).toString();
  }

  /** What stands in the member of the spec that {@link #text} changes. */
  String textOf(JsonObject object) {
    return Json.text(object, "spec/" + kind.text());
  }

  Reply get(String target) {
    return send("GET", target, Headers.of("Accept", JSON), "");
  }

  Reply post(String target, JsonObject body) {
    return send("POST", target, JSON, body.toString());
  }

  Reply put(String target, JsonObject body) {
    return send("PUT", target, JSON, body.toString());
  }

  Reply patch(String target, String patch) {
    return send("PATCH", target, MERGE, patch);
  }

  Reply delete(String target) {
    return send("DELETE", target, Headers.of("Accept", JSON), "");
  }

  Reply send(String method, String target, String mediaType, String body) {
    return send(method, target, Headers.of("Accept", JSON, "Content-Type", mediaType), body);
  }

  Reply send(String method, String target, Headers headers, String body) {
    try (ApiResponse response =
        endpoint.call(new ApiRequest(method, target, headers, Bytes.utf8(body)))) {
      byte[] content = response.body().readAllBytes();
      String text = new String(content, StandardCharsets.UTF_8);
      JsonObject json = text.isBlank() ? Json.object().build() : Json.parse(text);
      return new Reply(response.status(), response.headers(), json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Creates a valid object. */
  JsonObject created(String name) {
    return post(collection(), object(name)).is(201).body();
  }

  JsonObject created(JsonObject object) {
    return post(collection(), object).is(201).body();
  }

  JsonObject stored(String name) {
    return get(path(name)).is(200).body();
  }

  Watch watch(String query) {
    return watch(collection(), query, Headers.of("Accept", JSON));
  }

  Watch watch(String target, String query, Headers headers) {
    ApiResponse response =
        endpoint.call(new ApiRequest("GET", target + "?watch=true" + query, headers, Bytes.EMPTY));
    assertThat(response.status()).isEqualTo(200);
    return new Watch(response, patience);
  }

  /** Runs tasks at the same time, and gives what they gave in their order. */
  <T> List<T> concurrently(int count, IntFunction<Callable<T>> task) throws Exception {
    var executor = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int number = 0; number < count; number++) {
        futures.add(executor.submit(task.apply(number)));
      }
      long deadline = System.nanoTime() + patience.toNanos();
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
      }
      return results;
    } catch (TimeoutException e) {
      throw new AssertionError("not done within " + patience, e);
    } catch (ExecutionException e) {
      throw new AssertionError("a concurrent task failed", e.getCause());
    } finally {
      executor.shutdownNow();
    }
  }
}
