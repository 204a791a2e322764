package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Headers;
import jakarta.json.JsonObject;
import java.util.List;

/** A response that was read to its end. */
record Reply(int status, Headers headers, JsonObject body) {
  String text(String path) {
    return Json.text(body, path);
  }

  long number(String path) {
    return Json.number(body, path);
  }

  List<JsonObject> items() {
    return Json.objects(body, "items");
  }

  List<String> names() {
    return items().stream().map(item -> Json.text(item, "metadata/name")).toList();
  }

  String resourceVersion() {
    return text("metadata/resourceVersion");
  }

  /** That it is this answer. */
  Reply is(int code) {
    assertThat(status).as(() -> "status of " + body).isEqualTo(code);
    return this;
  }

  /** That it is a refusal, said as Kubernetes says it. */
  Reply refuses(int code, String reason) {
    is(code);
    assertThat(text("kind")).isEqualTo("Status");
    assertThat(text("apiVersion")).isEqualTo("v1");
    assertThat(text("status")).isEqualTo("Failure");
    assertThat(number("code")).isEqualTo(code);
    assertThat(text("reason")).as(() -> "reason of " + body).isEqualTo(reason);
    assertThat(text("message")).isNotBlank();
    return this;
  }

  /** That one of the causes is about the field. */
  Reply about(String field) {
    assertThat(Json.objects(body, "details/causes"))
        .as(() -> "causes of " + body)
        .anySatisfy(cause -> assertThat(Json.text(cause, "field")).isEqualTo(field));
    return this;
  }
}
