package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.Storage;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Whatever is sent to a forge, records are stored on the records' side of the storage boundary and
 * configuration on the other: extend this class, and say where the forge is.
 *
 * <p>Each repetition sends random writes of random kinds, many of them to the wrong place. The
 * endpoint must act as somebody who may do everything. Where the stores are at hand they are read
 * directly; otherwise what the API shows must do.
 */
public abstract class StorageBoundaryProperty {
  private static final int OPERATIONS = 150;
  private static final String CONFIG = "config.krate.a5c.ai";
  private static final String RECORDS = "krate.a5c.ai";
  private static final String VERSION = "v1alpha1";
  private static final int NAMES = 5;

  /** A kind of the forge and the side that it belongs to. */
  private record Kept(String group, String plural, String kind, boolean namespaced, String spec) {
    String apiVersion() {
      return group.isEmpty() ? "v1" : group + "/" + VERSION;
    }

    boolean isRecord() {
      return group.equals(RECORDS);
    }

    String collection(String namespace) {
      return everywhere(namespaced ? "namespaces/" + namespace + "/" : "");
    }

    private String everywhere(String scope) {
      return (group.isEmpty() ? "/api/v1/" : "/apis/" + apiVersion() + "/") + scope + plural;
    }

    String all() {
      return everywhere("");
    }

    GroupResource resource() {
      return new GroupResource(group, plural);
    }
  }

  private static final Kept REPOSITORY =
      new Kept(CONFIG, "repositories", "Repository", true, "{\"description\":\"One\"}");
  private static final Kept ISSUE =
      new Kept(RECORDS, "issues", "Issue", true, "{\"repository\":\"n0\",\"title\":\"One\"}");

  private static final List<Kept> KINDS =
      List.of(
          new Kept("", "namespaces", "Namespace", false, "{}"),
          new Kept("", "secrets", "Secret", true, "{}"),
          new Kept(CONFIG, "organizations", "Organization", false, "{\"displayName\":\"One\"}"),
          REPOSITORY,
          new Kept(
              CONFIG,
              "webhooksubscriptions",
              "WebhookSubscription",
              true,
              "{\"url\":\"https://example.org/\",\"events\":[\"issue.*\"],"
                  + "\"secretRefs\":[{\"name\":\"n0\",\"key\":\"k\"}]}"),
          ISSUE,
          new Kept(
              RECORDS,
              "pullrequests",
              "PullRequest",
              true,
              "{\"repository\":\"n0\",\"sourceBranch\":\"topic\",\"title\":\"One\"}"),
          new Kept(
              RECORDS, "webhookdeliveries", "WebhookDelivery", true, "{\"subscription\":\"n0\"}"),
          new Kept(RECORDS, "auditevents", "AuditEvent", true, "{}"));

  /** Where the API is; asked once for each repetition. */
  protected abstract ApiEndpoint endpoint() throws Exception;

  /** The stores behind it, if they are in this process. */
  protected abstract Optional<Storage> storage();

  @RepeatedTest(5)
  final void everythingIsOnItsSide(RepetitionInfo repetition) throws Exception {
    ApiEndpoint endpoint = endpoint();
    var random = new Random(repetition.getCurrentRepetition());
    String namespace = "boundary-" + Long.toString(System.nanoTime(), 36);
    String metadata =
        "{\"name\":\"%1$s\",\"labels\":{\"krate.a5c.ai/organization\":\"%1$s\"}}"
            .formatted(namespace);
    expect(
        201,
        send(endpoint, "POST", "/api/v1/namespaces", document("v1", "Namespace", metadata, "{}")));
    for (Kept kind : List.of(REPOSITORY, ISSUE)) {
      String body = document(kind.apiVersion(), kind.kind(), "{\"name\":\"n0\"}", kind.spec());
      expect(201, send(endpoint, "POST", kind.collection(namespace), body));
    }
    Map<Integer, Integer> codes = new TreeMap<>();
    for (int i = 0; i < OPERATIONS; i++) {
      codes.merge(operate(endpoint, random, namespace).status(), 1, Integer::sum);
    }
    assertThat(codes).containsKeys(200, 201).doesNotContainKey(500);
    assertSidesByApi(endpoint);
    storage().ifPresent(storage -> assertSidesInStores(endpoint, storage, namespace));
  }

  private static Reply operate(ApiEndpoint endpoint, Random random, String namespace) {
    Kept kind = KINDS.get(random.nextInt(KINDS.size()));
    // One time in five the document of one kind goes to the place of another.
    Kept place = random.nextInt(5) == 0 ? KINDS.get(random.nextInt(KINDS.size())) : kind;
    String name = (kind.namespaced() ? "n" : namespace + "-n") + random.nextInt(NAMES);
    String collection = place.collection(namespace);
    String object = collection + "/" + name;
    String metadata = "{\"name\":\"%s\"}".formatted(name);
    String body = document(kind.apiVersion(), kind.kind(), metadata, kind.spec());
    String dry = random.nextInt(10) == 0 ? "?dryRun=All" : "";
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> send(endpoint, "POST", collection + dry, body);
      case 4 -> send(endpoint, "PUT", object + dry, stored(endpoint, object, body));
      case 5, 6 -> send(endpoint, "PATCH", object + dry, labels(random));
      case 7 ->
          send(
              endpoint,
              "PATCH",
              object + "/status" + dry,
              "{\"status\":{\"observedGeneration\":1}}");
      case 8 -> send(endpoint, "DELETE", object + dry, "");
      default ->
          random.nextInt(4) == 0 && kind.namespaced()
              ? send(endpoint, "DELETE", collection + dry, "")
              : send(endpoint, "POST", astray(kind, namespace), body);
    };
  }

  /** The collection under the other side's group. */
  private static String astray(Kept kind, String namespace) {
    String other = kind.isRecord() ? CONFIG : RECORDS;
    return "/apis/%s/%s/namespaces/%s/%s".formatted(other, VERSION, namespace, kind.plural());
  }

  private static String stored(ApiEndpoint endpoint, String object, String otherwise) {
    Reply found = send(endpoint, "GET", object, "");
    return found.status() == 200 ? found.body().toString() : otherwise;
  }

  private static String labels(Random random) {
    return "{\"metadata\":{\"labels\":{\"a\":\"b" + random.nextInt(5) + "\"}}}";
  }

  private static String document(String apiVersion, String kind, String metadata, String spec) {
    String member = spec.equals("{}") ? "" : ",\"spec\":" + spec;
    return "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":%s%s}"
        .formatted(apiVersion, kind, metadata, member);
  }

  /** A collection holds its own kind alone, and the other side's group does not know it. */
  private static void assertSidesByApi(ApiEndpoint endpoint) {
    for (Kept kind : KINDS) {
      Reply list = expect(200, send(endpoint, "GET", kind.all(), ""));
      assertThat(list.text("apiVersion")).isEqualTo(kind.apiVersion());
      assertThat(list.items())
          .allSatisfy(
              item -> {
                assertThat(Json.text(item, "kind")).isEqualTo(kind.kind());
                assertThat(Json.text(item, "apiVersion")).isEqualTo(kind.apiVersion());
              });
      String other = kind.isRecord() ? CONFIG : RECORDS;
      expect(
          404,
          send(endpoint, "GET", "/apis/%s/%s/%s".formatted(other, VERSION, kind.plural()), ""));
    }
  }

  /** Each store has what the API shows of its side, and refuses to hear of the other's. */
  private static void assertSidesInStores(ApiEndpoint endpoint, Storage storage, String namespace) {
    for (Kept kind : KINDS) {
      ResourceStore<?> own = kind.isRecord() ? storage.records() : storage.configuration();
      ResourceStore<?> other = kind.isRecord() ? storage.configuration() : storage.records();
      var request =
          new ListRequest(
              kind.resource(), kind.namespaced() ? namespace : null, null, 10_000, null);
      Set<String> kept = new TreeSet<>();
      own.list(request).objects().forEach(object -> kept.add(object.key().name()));
      Set<String> shown = new TreeSet<>();
      for (JsonObject item : send(endpoint, "GET", kind.collection(namespace), "").items()) {
        shown.add(Json.text(item, "metadata/name"));
      }
      assertThat(kept).as(kind.plural()).containsAll(shown);
      assertThatThrownBy(() -> other.list(request))
          .as(kind.plural())
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static Reply expect(int status, Reply reply) {
    assertThat(reply.status()).as(reply.body().toString()).isEqualTo(status);
    return reply;
  }

  private static Reply send(ApiEndpoint endpoint, String method, String target, String body) {
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    try (ApiResponse response = endpoint.call(ApiRequest.of(method, target, type, body))) {
      String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      return new Reply(response.status(), response.headers(), Json.parse(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
