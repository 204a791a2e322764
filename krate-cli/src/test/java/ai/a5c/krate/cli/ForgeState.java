package ai.a5c.krate.cli;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Everything that a server shows of its forge, but for what no two servers have in common: uids,
 * times, revisions, hashes and its own address. A commit that a server made is told by its tree and
 * its parents.
 */
final class ForgeState {
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d.*");
  private static final Pattern UID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern COMMIT = Pattern.compile("\\b[0-9a-f]{40}\\b");
  private static final Set<String> OWN =
      Set.of("uid", "resourceVersion", "creationTimestamp", "managedFields");

  /** What depends on when deliveries were tried. */
  private static final Set<String> LEFT_OUT = Set.of("webhookdeliveries", "auditevents", "events");

  private final ServerProcess server;
  private final GitClient clone;
  private final Map<String, String> commits = new HashMap<>();

  private ForgeState(ServerProcess server, GitClient clone) {
    this.server = server;
    this.clone = clone;
  }

  /** Objects by kind, namespace and name; refs by repository and name. */
  static Map<String, String> of(ServerProcess server, Path scratch) throws IOException {
    return new ForgeState(server, GitClient.init(scratch, server.data())).read();
  }

  private Map<String, String> read() {
    Map<String, String> state = new TreeMap<>();
    Set<String> repositories = new TreeSet<>();
    for (JsonObject repository :
        server.api().get(Api.CONFIG + "/repositories").expect(200).items()) {
      String url = Api.text(repository, "status", "urls", "http");
      if (!url.isEmpty()) {
        repositories.add(url);
      }
    }
    for (String url : repositories) {
      clone.run(
          "fetch", "-q", url, "+refs/*:refs/seen/" + Integer.toHexString(url.hashCode()) + "/*");
      readCommits();
      clone
          .remoteRefs(url)
          .forEach((ref, at) -> state.put("ref " + own(url) + " " + ref, known(at)));
    }
    for (Map.Entry<String, String> kind : kinds().entrySet()) {
      for (JsonObject object : server.api().get(kind.getKey()).expect(200).items()) {
        String name =
            kind.getValue()
                + " "
                + Api.text(object, "metadata", "namespace")
                + "/"
                + Api.text(object, "metadata", "name");
        state.put(name, value(withoutDeliveries(kind.getValue(), object)).toString());
      }
    }
    return state;
  }

  /** The path of every kind that can be listed, with its plural. */
  private Map<String, String> kinds() {
    Map<String, String> kinds = new LinkedHashMap<>();
    for (String path : List.of(Api.CORE, Api.CONFIG, Api.RECORDS)) {
      for (JsonValue resource :
          server.api().get(path).expect(200).body().getJsonArray("resources")) {
        String plural = resource.asJsonObject().getString("name");
        boolean listed =
            resource.asJsonObject().getJsonArray("verbs").toString().contains("\"list\"");
        if (listed && !plural.contains("/") && !LEFT_OUT.contains(plural)) {
          kinds.put(path + "/" + plural, plural);
        }
      }
    }
    return kinds;
  }

  private static JsonObject withoutDeliveries(String plural, JsonObject object) {
    return plural.equals("webhooksubscriptions")
        ? Json.createObjectBuilder(object).remove("status").build()
        : object;
  }

  /** Commits that were pushed are the same everywhere; the others are merges. */
  private void readCommits() {
    clone
        .run("log", "--all", "--reverse", "--topo-order", "--format=%H %T %cn %P")
        .lines()
        .map(line -> line.split(" ", 4))
        .forEach(
            c -> {
              boolean pushed = c[2].equals("Ada");
              commits.putIfAbsent(
                  c[0], pushed ? c[0] : "merge of " + known(c[3]) + " with tree " + c[1]);
            });
  }

  private String known(String text) {
    return COMMIT
        .matcher(text)
        .replaceAll(found -> commits.getOrDefault(found.group(), found.group()));
  }

  private JsonValue value(JsonValue value) {
    return switch (value) {
      case JsonObject object -> {
        JsonObjectBuilder all = Json.createObjectBuilder();
        object.forEach(
            (name, member) -> {
              if (!OWN.contains(name)) {
                all.add(name, value(member));
              }
            });
        yield all.build();
      }
      case JsonArray array -> {
        var all = Json.createArrayBuilder();
        array.forEach(item -> all.add(value(item)));
        yield all.build();
      }
      case JsonString text -> Json.createValue(own(text.getString()));
      default -> value;
    };
  }

  private String own(String text) {
    if (TIME.matcher(text).matches()) {
      return "(a time)";
    }
    String plain = text.replace(server.url().toString(), "(the server)");
    return known(UID.matcher(plain).replaceAll("(a uid)"));
  }
}
