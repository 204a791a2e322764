package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Does again on another server what people did on one, from the commands of its audit trail alone.
 * What controllers did is left out: those of the other server do it by themselves, and a command
 * that comes before they are done is tried again.
 */
final class AuditReplay {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Who stands behind the certificate of a data folder. */
  private static final String ADMIN = "krate:admin";

  private final ServerProcess from;
  private final ServerProcess to;
  private final Shell shell;
  private final Map<String, String> secrets;

  /** One thing that somebody did. */
  record Deed(long revision, String user, List<String> groups, String command) {
    Deed {
      groups = List.copyOf(groups);
    }

    /** Flags that make kubectl this user, a line each; none for the administrator. */
    String as() {
      return user.equals(ADMIN)
          ? ""
          : "--as="
              + user
              + groups.stream()
                  .filter(group -> !group.equals(Subject.AUTHENTICATED))
                  .map(group -> "\n--as-group=" + group)
                  .collect(Collectors.joining());
    }
  }

  /**
   * A replay.
   *
   * @param shell of the other server, in a clone that has every commit
   * @param secrets what is to be put in for values that were left out, in JSON, by the name of
   *     their key
   */
  AuditReplay(ServerProcess from, ServerProcess to, Shell shell, Map<String, String> secrets) {
    this.from = from;
    this.to = to;
    this.shell = shell;
    this.secrets = Map.copyOf(secrets);
  }

  /** What people did and were allowed to, in order. */
  List<Deed> deeds() {
    return from.api().get(Api.RECORDS + "/auditevents").expect(200).items().stream()
        .filter(entry -> entry.getString("decision").equals("Allowed"))
        .map(AuditReplay::deed)
        .filter(Predicate.not(deed -> deed.user().startsWith("system:")))
        .sorted(Comparator.comparingLong(Deed::revision))
        .toList();
  }

  private static Deed deed(JsonObject entry) {
    return new Deed(
        Long.parseLong(Api.text(entry, "metadata", "resourceVersion")),
        Api.text(entry, "user", "name"),
        Api.at(entry, "user", "groups").stream()
            .flatMap(groups -> groups.asJsonArray().getValuesAs(JsonString.class).stream())
            .map(JsonString::getString)
            .toList(),
        entry.getString("command"));
  }

  void run() {
    for (Deed deed : deeds()) {
      String command = here(deed.command());
      assertThat(command).startsWith(command.startsWith("git ") ? "git push " : "kubectl ");
      run(deed, command);
    }
  }

  private void run(Deed deed, String command) {
    var last = new Shell.Ended[1];
    try {
      Waiting.until(
          "it is done",
          PATIENCE,
          () -> {
            last[0] = shell.run(deed.as(), command);
            return last[0].code() == 0;
          });
    } catch (AssertionError e) {
      throw new AssertionError(deed + "\n" + command + "\n" + last[0], e);
    }
  }

  private String here(String command) {
    String here = command.replace(from.url().toString(), to.url().toString());
    for (Map.Entry<String, String> secret : secrets.entrySet()) {
      String key = "\"" + secret.getKey() + "\":";
      // A patch is one quoted word, a document is not quoted.
      String value =
          command.startsWith("kubectl patch")
              ? secret.getValue().replace("'", "'\\''")
              : secret.getValue();
      here = here.replace(key + "[\"(left out)\"]", key + value);
    }
    return here;
  }
}
