package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.apiserver.audit.ShellText;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.wire.BodyType;
import ai.a5c.krate.apiserver.wire.DeleteOptions;
import ai.a5c.krate.apiserver.wire.Protobuf;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The kubectl command that does a request again, for the audit trail.
 *
 * <p>People paste these commands into bash, and strangers write what stands in them: see {@link
 * ShellText}. A body is there as it was sent, but for
 *
 * <ul>
 *   <li>the values of sealed kinds ({@link Redaction}),
 *   <li>the version and the uid that a change was made against, which no second time can find,
 *   <li>a name that was drawn, which is put in, so that later commands find the object.
 * </ul>
 *
 * <p>What does not say of itself where it goes, because it is of another kind or no object at all,
 * is sent to its path raw. What cannot be a command, or is too long for the trail, is a comment
 * that says so.
 */
final class Commands {
  /** The longest command that an entry holds. */
  static final int LONGEST = 64 * 1024;

  private final Request request;
  private final Target target;
  private final Kind kind;

  private Commands(Request request, Target target) {
    this.request = request;
    this.target = target;
    this.kind = target.kind();
  }

  static Command of(Request request, Target target, String verb) {
    var commands = new Commands(request, target);
    return name -> commands.bounded(verb, name);
  }

  private String bounded(String verb, String name) {
    // Quoting makes nothing shorter, and what is too long need not be read.
    if (body().size() > 4 * LONGEST) {
      return tooLong(verb);
    }
    try {
      String command = text(verb, name);
      return command.length() > LONGEST ? tooLong(verb) : command;
    } catch (IllegalArgumentException e) {
      // A caller in this process may send what no shell can be given; it is answered all the same.
      return left(verb, "nothing that a shell can be given");
    }
  }

  private String tooLong(String verb) {
    return left(verb, "longer than " + LONGEST + " characters");
  }

  /** Says what was done, in a way that does nothing when it is run. */
  private String left(String verb, String why) {
    return ShellText.comment(
        "The command is left out, because it would be "
            + why
            + ": "
            + verb
            + " "
            + target.path()
            + " with "
            + body().size()
            + " bytes");
  }

  private String text(String verb, String name) {
    return switch (verb) {
      case "create" -> write("create", verb, name);
      case "update" -> write("replace", verb, target.name());
      case "patch" -> isApply() ? write("apply", verb, target.name()) : patch();
      case "delete" -> delete();
      case "deletecollection" -> target.isCollection() ? deleteAll() : delete();
      default -> "";
    };
  }

  private String write(String how, String verb, String name) {
    Optional<JsonObject> sent = object();
    if (kind.sealed()) {
      return sent.filter(this::isAtHome)
          .map(object -> sealed(how, anew(object, name)))
          .orElseGet(() -> left(verb, "secret"));
    }
    if (sent.isEmpty() || !isAtHome(sent.get())) {
      return raw(how, verb);
    }
    JsonObject anew = anew(sent.get(), name);
    // kubectl reads YAML by other rules than we do.
    boolean same = anew.equals(sent.get()) && type(BodyType.ofObjects(kind)) == BodyType.JSON;
    return write(how, same ? body().utf8() : Json.write(anew).utf8());
  }

  private String sealed(String how, JsonObject object) {
    boolean applied = how.equals("create") && Redaction.isApplied(object);
    JsonObject plain = applied ? Redaction.unapplied(object) : object;
    return write(applied ? "apply" : how, Json.write(Redaction.object(kind, plain)).utf8());
  }

  private String write(String how, String document) {
    String flags =
        isApply()
            ? " --server-side --field-manager="
                + ShellText.word(request.query().text("fieldManager"))
                + (request.query().flag("force") ? " --force-conflicts" : "")
            : "";
    return "kubectl "
        + how
        + scope()
        + subresource()
        + flags
        + " -f -"
        + validation()
        + " "
        + ShellText.input(document);
  }

  /** kubectl wants strictness, unless it is told otherwise. */
  private String validation() {
    return switch (request.query().text("fieldValidation")) {
      case "Strict" -> "";
      case "Ignore" -> " --validate=ignore";
      default -> " --validate=warn";
    };
  }

  private String raw(String how, String verb) {
    String text = body().utf8();
    if (how.equals("apply") || !Bytes.utf8(text).equals(body()) || !ShellText.canHold(text)) {
      return left(verb, "nothing that kubectl can send");
    }
    return "kubectl "
        + how
        + " --raw="
        + ShellText.word(request.api().target())
        + " -f - "
        + ShellText.input(text);
  }

  /** Whether kubectl finds out of the object itself where it goes. */
  private boolean isAtHome(JsonObject object) {
    String namespace = JsonTree.textAt(object, "metadata", "namespace");
    return JsonTree.textAt(object, "apiVersion").equals(kind.apiVersion())
        && JsonTree.textAt(object, "kind").equals(kind.name())
        && (namespace.isEmpty() || namespace.equals(target.namespace()))
        && (target.name().isEmpty()
            || JsonTree.textAt(object, "metadata", "name").equals(target.name()))
        && ShellText.canHold(object.toString());
  }

  /** The object as it is to be sent a second time. */
  private static JsonObject anew(JsonObject object, String name) {
    JsonObject anew = timeless(object);
    boolean nameless = JsonTree.textAt(object, "metadata", "name").isEmpty();
    return nameless && !name.isEmpty()
        ? JsonTree.with(anew, Json.text(name), "metadata", "name")
        : anew;
  }

  private static JsonObject timeless(JsonObject object) {
    JsonObject timeless = object;
    for (String member : List.of("resourceVersion", "uid")) {
      if (JsonTree.objectAt(timeless, "metadata").get(member) instanceof JsonString) {
        timeless = JsonTree.with(timeless, null, "metadata", member);
      }
    }
    return timeless;
  }

  private String patch() {
    BodyType type = type(BodyType.ofPatches(kind));
    String how =
        switch (type) {
          case JSON_PATCH -> "json";
          case MERGE_PATCH -> "merge";
          case STRATEGIC_MERGE_PATCH -> "strategic";
          case null, default -> "";
        };
    String text = how.isEmpty() ? "" : patchText(type);
    if (text.isEmpty() || !ShellText.canHold(text)) {
      return left("patch", "nothing that kubectl can send");
    }
    return "kubectl patch "
        + name()
        + scope()
        + subresource()
        + " --type="
        + how
        + " --patch="
        + ShellText.word(text);
  }

  private String patchText(@Nullable BodyType type) {
    JsonValue sent;
    try {
      sent = Json.parseValue(body(), Bodies.LIMIT);
    } catch (ApiException e) {
      return kind.sealed() || !Bytes.utf8(body().utf8()).equals(body()) ? "" : body().utf8();
    }
    JsonValue anew = sent instanceof JsonObject object ? timeless(object) : sent;
    if (kind.sealed()) {
      return switch (anew) {
        case JsonObject object -> Json.write(Redaction.object(kind, object)).utf8();
        case JsonArray operations -> Json.write(Redaction.operations(operations)).utf8();
        default -> "";
      };
    }
    // kubectl reads a list as YAML, which knows no pairs of escapes for one character.
    boolean same =
        anew.equals(sent) && !(type == BodyType.JSON_PATCH && body().utf8().contains("\\u"));
    return same ? body().utf8() : Json.write(anew).utf8();
  }

  private String delete() {
    DeleteOptions options;
    try {
      options = Deletions.options(request, kind);
    } catch (ApiException | IllegalArgumentException e) {
      return left("delete", "one with options that nobody can read");
    }
    if (options.uid() == null && options.resourceVersion() == null) {
      return "kubectl delete " + name() + scope() + flags(options);
    }
    // Only a body can say which object is meant.
    return "kubectl delete --raw="
        + ShellText.word(target.path())
        + " -f - "
        + ShellText.input(Json.write(json(options)).utf8());
  }

  private static String flags(DeleteOptions options) {
    String cascade =
        switch (options.propagation()) {
          case UNSPECIFIED, BACKGROUND -> "";
          case FOREGROUND -> " --cascade=foreground";
          case ORPHAN -> " --cascade=orphan";
        };
    Long grace = options.gracePeriodSeconds();
    return cascade
        + (grace == null ? "" : " --grace-period=" + grace + (grace == 0 ? " --force" : ""));
  }

  private static JsonObject json(DeleteOptions options) {
    var preconditions = Json.object();
    if (options.uid() != null) {
      preconditions.add("uid", options.uid());
    }
    if (options.resourceVersion() != null) {
      preconditions.add("resourceVersion", options.resourceVersion());
    }
    var json = Json.object().add("apiVersion", "v1").add("kind", "DeleteOptions");
    json.add("preconditions", preconditions);
    switch (options.propagation()) {
      case UNSPECIFIED -> {}
      case BACKGROUND -> json.add("propagationPolicy", "Background");
      case FOREGROUND -> json.add("propagationPolicy", "Foreground");
      case ORPHAN -> json.add("propagationPolicy", "Orphan");
    }
    if (options.gracePeriodSeconds() != null) {
      json.add("gracePeriodSeconds", options.gracePeriodSeconds());
    }
    return json.build();
  }

  private String deleteAll() {
    String labels = request.query().text("labelSelector");
    String fields = request.query().text("fieldSelector");
    String selectors =
        (labels.isEmpty() ? "" : " --selector=" + ShellText.word(labels))
            + (fields.isEmpty() ? "" : " --field-selector=" + ShellText.word(fields));
    return "kubectl delete "
        + kind.resource()
        + scope()
        + (selectors.isEmpty() ? " --all" : selectors);
  }

  /** One word with its kind, so that no name can be taken for a flag. */
  private String name() {
    return ShellText.word(kind.resource() + "/" + target.name());
  }

  private String scope() {
    return target.namespace().isEmpty() ? "" : " --namespace=" + ShellText.word(target.namespace());
  }

  private String subresource() {
    return target.subresource().isEmpty() ? "" : " --subresource=" + target.subresource();
  }

  private boolean isApply() {
    return Writes.isApply(request);
  }

  private Bytes body() {
    return request.api().body();
  }

  private Optional<JsonObject> object() {
    try {
      return Optional.of(
          switch (isApply() ? BodyType.YAML : type(BodyType.ofObjects(kind))) {
            case YAML -> Bodies.yaml(body());
            case PROTOBUF -> Protobuf.decode(body());
            case null -> throw new IllegalArgumentException("the body has another type");
            default -> Json.parse(body(), Bodies.LIMIT).object();
          });
    } catch (ApiException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private @Nullable BodyType type(Set<BodyType> accepted) {
    try {
      return BodyType.of(request.api().headers().all("Content-Type"), accepted);
    } catch (ApiException e) {
      return null;
    }
  }
}
