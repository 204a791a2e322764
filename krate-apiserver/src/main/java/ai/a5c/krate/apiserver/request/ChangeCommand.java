package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.apiserver.audit.ShellText;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The kubectl command that does again what a subject inside the process did, who sends no body: a
 * change is the merge patch that leads from the old object to the new one.
 */
final class ChangeCommand implements Command {
  /** Controllers write often, and what they write they write again by themselves. */
  static final int LONGEST = 16 * 1024;

  /** What the server alone gives an object. */
  private static final Set<String> GIVEN =
      Set.of(
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "managedFields");

  private final Kind kind;
  private final Errand errand;
  private final @Nullable ApiObject old;
  private final ApiObject object;

  /** The command of a change that is about to be committed. */
  ChangeCommand(Kind kind, Errand errand, @Nullable ApiObject old, ApiObject object) {
    this.kind = kind;
    this.errand = errand;
    this.old = old;
    this.object = object;
  }

  /** The text, with the name that the object has by now. */
  String text() {
    return text(object.name());
  }

  @Override
  public String text(String name) {
    ApiObject before = old;
    String scope =
        errand.namespace().isEmpty() ? "" : " --namespace=" + ShellText.word(errand.namespace());
    String named = ShellText.word(kind.resource() + "/" + object.name());
    if (errand.verb().equals("delete")) {
      return "kubectl delete " + named + scope;
    }
    try {
      return bounded(
          before == null
              ? "kubectl create" + scope + " -f - " + ShellText.input(document(name))
              : "kubectl patch "
                  + named
                  + scope
                  + (errand.subresource().isEmpty() ? "" : " --subresource=" + errand.subresource())
                  + " --type="
                  + ShellText.word("merge")
                  + " --patch="
                  + ShellText.word(patch(before)));
    } catch (IllegalArgumentException e) {
      return left("nothing that a shell can be given");
    }
  }

  private String bounded(String command) {
    return command.length() <= LONGEST ? command : left("longer than " + LONGEST + " characters");
  }

  private String left(String why) {
    return ShellText.comment("The command is left out, because it would be " + why + ": " + deed());
  }

  /** What was done, in words that are no command. */
  String deed() {
    return errand.verb()
        + " "
        + kind.resource()
        + " "
        + errand.namespace()
        + "/"
        + object.shownName();
  }

  private String document(String name) {
    JsonObject plain = ungiven(object.json());
    JsonObject named =
        object.name().isEmpty() && !name.isEmpty()
            ? JsonTree.with(plain, Json.text(name), "metadata", "name")
            : plain;
    return shown(named);
  }

  private String patch(ApiObject before) {
    return shown(difference(ungiven(before.json()), ungiven(object.json())));
  }

  private String shown(JsonObject json) {
    return Json.write(kind.sealed() ? Redaction.object(kind, json) : json).utf8();
  }

  private static JsonObject ungiven(JsonObject object) {
    JsonObjectBuilder metadata = Json.object();
    JsonTree.objectAt(object, "metadata")
        .forEach(
            (name, value) -> {
              if (!GIVEN.contains(name)) {
                metadata.add(name, value);
              }
            });
    return Json.object(object).add("metadata", metadata).build();
  }

  /** The merge patch (RFC 7396) from one object to another, which hold no nulls. */
  private static JsonObject difference(JsonObject from, JsonObject to) {
    JsonObjectBuilder patch = Json.object();
    for (Map.Entry<String, JsonValue> member : to.entrySet()) {
      JsonValue was = from.get(member.getKey());
      JsonValue is = member.getValue();
      if (was instanceof JsonObject one && is instanceof JsonObject other) {
        JsonObject inner = difference(one, other);
        if (!inner.isEmpty()) {
          patch.add(member.getKey(), inner);
        }
      } else if (!is.equals(was)) {
        patch.add(member.getKey(), is);
      }
    }
    for (String gone : from.keySet()) {
      if (!to.containsKey(gone)) {
        patch.add(gone, JsonValue.NULL);
      }
    }
    return patch.build();
  }
}
