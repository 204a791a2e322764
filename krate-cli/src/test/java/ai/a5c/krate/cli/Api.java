package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What tests ask of the API of a forge, in JSON. */
record Api(ApiEndpoint endpoint) {
  static final String CORE = "/api/v1";
  static final String CONFIG = "/apis/config.krate.a5c.ai/v1alpha1";
  static final String RECORDS = "/apis/krate.a5c.ai/v1alpha1";

  /** A namespaced collection of records. */
  static String records(String namespace, String plural) {
    return RECORDS + "/namespaces/" + namespace + "/" + plural;
  }

  /** A namespaced collection of configuration. */
  static String config(String namespace, String plural) {
    return CONFIG + "/namespaces/" + namespace + "/" + plural;
  }

  /** An answer; its body is an empty object if it was not JSON. */
  record Answer(int code, String text, JsonObject body) {
    boolean succeeded() {
      return code / 100 == 2;
    }

    /** The text at a path, empty if there is none. */
    String text(String... path) {
      return at(body, path)
          .filter(JsonString.class::isInstance)
          .map(value -> ((JsonString) value).getString())
          .orElse("");
    }

    long number(String... path) {
      return at(body, path)
          .filter(JsonNumber.class::isInstance)
          .map(value -> ((JsonNumber) value).longValue())
          .orElse(0L);
    }

    String name() {
      return text("metadata", "name");
    }

    String version() {
      return text("metadata", "resourceVersion");
    }

    List<JsonObject> items() {
      return body.getJsonArray("items").getValuesAs(JsonObject.class);
    }

    /** Every cause of a Status: its reason, field and message. */
    List<String> causes() {
      return at(body, "details", "causes").stream()
          .flatMap(causes -> causes.asJsonArray().getValuesAs(JsonObject.class).stream())
          .map(
              cause ->
                  cause.getString("reason", "")
                      + " "
                      + cause.getString("field", "")
                      + " "
                      + cause.getString("message", ""))
          .toList();
    }

    Answer expect(int wanted) {
      assertThat(code).as(text).isEqualTo(wanted);
      return this;
    }
  }

  /** What stands at a path in an object. */
  static Optional<JsonValue> at(JsonObject object, String... path) {
    JsonValue value = object;
    for (String step : path) {
      value = value instanceof JsonObject inner ? inner.get(step) : null;
    }
    return Optional.ofNullable(value);
  }

  /** The text at a path in an object, empty if there is none. */
  static String text(JsonObject object, String... path) {
    return new Answer(0, "", object).text(path);
  }

  Answer get(String target) {
    return call(ApiRequest.get(target));
  }

  Answer create(String target, String body) {
    return call(ApiRequest.of("POST", target, "application/json", body));
  }

  Answer replace(String target, String body) {
    return call(ApiRequest.of("PUT", target, "application/json", body));
  }

  Answer patch(String target, String body) {
    return call(ApiRequest.of("PATCH", target, "application/merge-patch+json", body));
  }

  Answer delete(String target) {
    return call(ApiRequest.of("DELETE", target, "application/json", ""));
  }

  Answer call(ApiRequest request) {
    try (ApiResponse response = endpoint.call(request)) {
      String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      return new Answer(response.status(), text, parse(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The resource version of everything that is there now. */
  long revision() {
    return Long.parseLong(get(RECORDS + "/issues?limit=1").expect(200).version());
  }

  static JsonObject parse(String text) {
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    } catch (JsonException e) {
      return JsonValue.EMPTY_JSON_OBJECT;
    }
  }
}
