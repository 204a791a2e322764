package ai.a5c.krate.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.house.Bash;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class CommandsTest {
  private static final String JSON = "application/json";
  private static final String MERGE = "application/merge-patch+json";
  private static final String NOTES = "/apis/toys.example.org/v1/namespaces/team/notes";

  private static String command(Kind kind, String name, String verb, String named, ApiRequest api) {
    Request request = Request.of("id", Instant.EPOCH, Caller.inProcess(Subject.ANONYMOUS), api);
    return Commands.of(request, new Target(kind, "team", name, ""), verb).text(named);
  }

  private static String note(String name, String verb, String query, String type, String body) {
    return command(House.NOTE, name, verb, "", ApiRequest.of("X", NOTES + query, type, body));
  }

  private static Bash.Seen seen(String name, String verb, String type, String body) {
    return Bash.run(note(name, verb, "", type, body));
  }

  private static String document(String metadata, String title) {
    return Json.object()
        .add("apiVersion", "toys.example.org/v1")
        .add("kind", "Note")
        .add("metadata", Json.parse(Bytes.utf8(metadata), 1_000).object())
        .add("spec", Json.object().add("title", title))
        .build()
        .toString();
  }

  @Property(tries = 150)
  void aCreateIsSentAsItWas(@ForAll String title) {
    String body = document("{\"generateName\":\"n-\"}", title.replace("\0", ""));

    Bash.Seen seen = seen("", "create", JSON, body);

    assertThat(seen.words())
        .containsExactly("create", "--namespace=team", "-f", "-", "--validate=warn");
    assertThat(seen.input()).isEqualTo(body + "\n");
  }

  @Property(tries = 150)
  void aPatchIsOneWordWhateverStandsInIt(@ForAll String title) {
    String patch =
        Json.object().add("spec", Json.object().add("title", title.replace("\0", ""))).build() + "";

    assertThat(seen("a", "patch", MERGE, patch).words())
        .containsExactly(
            "patch",
            "notes.toys.example.org/a",
            "--namespace=team",
            "--type=merge",
            "--patch=" + patch);
  }

  @Property(tries = 150)
  void noNameIsTakenForSomethingElse(@ForAll String any) {
    String name = any.replace("\0", "") + "--all";

    assertThat(seen(name, "delete", JSON, "").words())
        .containsExactly("delete", "notes.toys.example.org/" + name, "--namespace=team");
  }

  @Example
  void everyTypeOfPatchHasItsName() {
    assertThat(seen("a", "patch", "application/json-patch+json", "[]").words())
        .contains("--type=json", "--patch=[]");
    assertThat(
            Bash.run(
                    command(
                        House.NAMESPACE,
                        "a",
                        "patch",
                        "",
                        ApiRequest.of(
                            "PATCH", "/x", "application/strategic-merge-patch+json", "{}")))
                .words())
        .contains("--type=strategic", "--patch={}");
    assertThat(note("a", "patch", "", "text/plain", "x")).startsWith("# The command is left out");
  }

  @Example
  void anApplyIsOne() {
    String body = "apiVersion: toys.example.org/v1\nkind: Note\nmetadata:\n  name: a\n";

    Bash.Seen seen =
        Bash.run(
            note(
                "a",
                "patch",
                "?fieldManager=it%27s&force=true",
                "application/apply-patch+yaml",
                body));

    assertThat(seen.words())
        .containsExactly(
            "apply",
            "--namespace=team",
            "--server-side",
            "--field-manager=it's",
            "--force-conflicts",
            "-f",
            "-",
            "--validate=warn");
    assertThat(seen.input()).contains("\"kind\":\"Note\"");
  }

  @Example
  void aReplacementIsNotBoundToTheVersionThatIsGone() {
    String body =
        document("{\"name\":\"a\",\"resourceVersion\":\"7\",\"uid\":\"u\",\"labels\":{}}", "t");

    assertThat(seen("a", "update", JSON, body).input().strip())
        .isEqualTo(document("{\"name\":\"a\",\"labels\":{}}", "t"));
    assertThat(
            seen(
                    "a",
                    "patch",
                    MERGE,
                    "{\"metadata\":{\"resourceVersion\":\"7\",\"labels\":{\"a\":\"b\"}}}")
                .words())
        .contains("--patch={\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
  }

  @Example
  void aNameThatWasDrawnIsPutIn() {
    String body = document("{\"generateName\":\"n-\"}", "t");
    ApiRequest create = ApiRequest.of("POST", NOTES, JSON, body);

    assertThat(Bash.run(command(House.NOTE, "", "create", "n-x7k2p", create)).input().strip())
        .isEqualTo(document("{\"generateName\":\"n-\",\"name\":\"n-x7k2p\"}", "t"));
    assertThat(Bash.run(command(House.NOTE, "", "create", "", create)).input().strip())
        .isEqualTo(body);
  }

  @Example
  void validationIsAsItWas() {
    String body = document("{\"name\":\"a\"}", "t");

    assertThat(note("", "create", "?fieldValidation=Strict", JSON, body))
        .doesNotContain("--validate");
    assertThat(note("", "create", "?fieldValidation=Ignore", JSON, body))
        .contains("--validate=ignore");
  }

  @Example
  void whatBelongsElsewhereIsSentRaw() {
    String elsewhere =
        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"a\"}}";

    for (String body :
        List.of(elsewhere, "{", "", "[1,\u0007]", document("{\"namespace\":\"b\"}", "t"))) {
      Bash.Seen seen = seen("", "create", JSON, body);

      assertThat(seen.words()).containsExactly("create", "--raw=" + NOTES, "-f", "-");
      assertThat(seen.input()).isEqualTo(body + "\n");
    }
  }

  @Example
  void yamlIsSentAsWeUnderstandIt() {
    String body =
        "apiVersion: toys.example.org/v1\nkind: Note\nmetadata: {name: a}\nspec: {title: on}\n";

    assertThat(seen("", "create", "application/yaml", body).input()).contains("\"title\":\"on\"");
  }

  @Example
  void whatIsTooLongOrNoTextDoesNothing() {
    String most = document("{\"name\":\"a\"}", "x".repeat(60_000));
    assertThat(seen("", "create", JSON, most).input()).isEqualTo(most + "\n");

    for (String body : List.of("x".repeat(70_000), "x".repeat(500_000), "\u200b".repeat(10_000))) {
      String command = note("", "create", "", JSON, document("{\"name\":\"a\"}", body));

      assertThat(command).startsWith("# The command is left out").doesNotContain("\n");
      assertThat(Bash.run("kubectl a\n" + command).words()).containsExactly("a");
    }
    Headers json = Headers.of("Content-Type", JSON);
    Bytes noText = Bytes.owning(new byte[] {'{', (byte) 0xff, '}'});
    assertThat(command(House.NOTE, "", "create", "", new ApiRequest("POST", NOTES, json, noText)))
        .startsWith("# The command is left out");
    assertThat(note("", "create", "", JSON, "\0")).startsWith("# The command is left out");
  }

  @Example
  void aDeletionKeepsItsOptions() {
    assertThat(
            seen("a", "delete", JSON, "{\"propagationPolicy\":\"Orphan\",\"gracePeriodSeconds\":0}")
                .words())
        .containsExactly(
            "delete",
            "notes.toys.example.org/a",
            "--namespace=team",
            "--cascade=orphan",
            "--grace-period=0",
            "--force");
  }

  @Example
  void aDeletionOfOneVersionStaysOne() {
    Bash.Seen seen =
        seen(
            "it's",
            "delete",
            JSON,
            "{\"preconditions\":{\"uid\":\"u\",\"resourceVersion\":\"7\"}}");

    assertThat(seen.words()).containsExactly("delete", "--raw=" + NOTES + "/it%27s", "-f", "-");
    JsonObject options = Json.parse(Bytes.utf8(seen.input()), 1_000).object();
    assertThat(options.getJsonObject("preconditions"))
        .hasToString("{\"uid\":\"u\",\"resourceVersion\":\"7\"}");
  }

  @Example
  void aCollectionIsNamedByItsSelectors() {
    assertThat(seen("", "deletecollection", JSON, "").words())
        .containsExactly("delete", "notes.toys.example.org", "--namespace=team", "--all");
    assertThat(Bash.run(note("", "deletecollection", "?labelSelector=app%3D'x'", JSON, "")).words())
        .containsExactly(
            "delete", "notes.toys.example.org", "--namespace=team", "--selector=app='x'");
  }

  @Example
  void valuesOfSealedKindsAreLeftOut() {
    String body =
        "{\"apiVersion\":\"v1\",\"kind\":\"Vault\",\"metadata\":{\"name\":\"v\",\"labels\":{\"a\":\"b\"},"
            + "\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":\"hush\",\"x\":\"hush\"}},"
            + "\"data\":{\"k\":\"hush\"}}";

    assertThat(
            Bash.run(
                    command(House.VAULT, "", "create", "", ApiRequest.of("POST", "/x", JSON, body)))
                .input()
                .strip())
        .isEqualTo(
            "{\"apiVersion\":\"v1\",\"kind\":\"Vault\",\"metadata\":{\"name\":\"v\",\"labels\":{\"a\":\"b\"},"
                + "\"annotations\":{\"x\":[\"(left out)\"]}},\"data\":{\"k\":[\"(left out)\"]}}");
    assertThat(command(House.VAULT, "", "create", "", ApiRequest.of("POST", "/x", JSON, body)))
        .startsWith("kubectl apply --namespace=team -f - --validate=warn <<");
    assertThat(
            sealedPatch(
                MERGE,
                "{\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":"
                    + "\"hush\"}}}"))
        .contains(
            "--patch={\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":"
                + "[\"(left out)\"]}}}");
    assertThat(sealedPatch(MERGE, "{\"data\":{\"k\":\"hush\",\"gone\":null}}"))
        .contains("--patch={\"data\":{\"k\":[\"(left out)\"],\"gone\":null}}");
    assertThat(
            sealedPatch(
                "application/json-patch+json",
                "[{\"op\":\"add\",\"path\":\"/data/k\",\"value\":\"hush\"}]"))
        .contains("--patch=[{\"op\":\"add\",\"path\":\"/data/k\",\"value\":[\"(left out)\"]}]");
    assertThat(command(House.VAULT, "", "create", "", ApiRequest.of("POST", "/x", JSON, "hush")))
        .startsWith("# The command is left out")
        .doesNotContain("hush");
  }

  private static List<String> sealedPatch(String type, String body) {
    return Bash.run(
            command(House.VAULT, "v", "patch", "", ApiRequest.of("PATCH", "/x", type, body)))
        .words();
  }
}
