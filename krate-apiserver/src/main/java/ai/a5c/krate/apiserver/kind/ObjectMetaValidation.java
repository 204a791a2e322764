package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.FieldError.Reason;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether the metadata of an object is well formed, and what of it may change, as kube-apiserver
 * decides it.
 */
public final class ObjectMetaValidation {
  /** The largest sum of all annotations' keys and values, in bytes. */
  public static final int LARGEST_ANNOTATIONS = 256 * 1024;

  private static final int MOST_FINALIZERS = 64;
  private static final int MOST_OWNERS = 256;
  private static final int LONGEST_PART = 63;
  private static final Pattern PART = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
  private static final String QUALIFIED_RULE =
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end"
          + " with an alphanumeric character, at most 63 of them, after an optional DNS subdomain"
          + " prefix and '/'";
  private static final int LONGEST_SEGMENT = 253;
  private static final String SEGMENT_RULE =
      "may not be '.' or '..', may not contain '/', '%' or control characters, and has at most 253"
          + " characters";
  private static final List<String> FIXED =
      List.of(
          "name",
          "namespace",
          "uid",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds");

  private final List<FieldError> errors = new ArrayList<>();

  private ObjectMetaValidation() {}

  /**
   * An object whose owner references stand once each.
   *
   * @param warnings what was left out, one line each
   */
  public record Deduplicated(JsonObject object, List<String> warnings) {
    public Deduplicated {
      warnings = List.copyOf(warnings);
    }
  }

  /** What is wrong with the metadata of the object; empty if nothing is. */
  public static List<FieldError> errors(Kind kind, JsonObject object) {
    JsonValue value = object.getOrDefault("metadata", JsonValue.EMPTY_JSON_OBJECT);
    List<FieldError> types = SchemaValidation.errors(MetaSchemas.OBJECT_META, value, "metadata");
    List<FieldError> wrong =
        types.stream().filter(e -> !e.field().startsWith("metadata.ownerReferences[")).toList();
    if (!wrong.isEmpty() || types.stream().anyMatch(e -> e.reason() == Reason.TYPE_INVALID)) {
      return types;
    }
    var validation = new ObjectMetaValidation();
    JsonObject metadata = value.asJsonObject();
    validation.names(kind, metadata);
    validation.labels(members(metadata, "labels"));
    validation.annotations(members(metadata, "annotations"));
    validation.finalizers(strings(metadata, "finalizers"));
    validation.owners(objects(metadata, "ownerReferences"));
    return List.copyOf(validation.errors);
  }

  /**
   * What of the metadata may not be as it is because of what is stored. Members that the update
   * leaves out keep their stored value and are no change.
   */
  public static List<FieldError> changes(JsonObject stored, JsonObject updated) {
    var validation = new ObjectMetaValidation();
    JsonObject before = members(stored, "metadata");
    JsonObject after = members(updated, "metadata");
    for (String name : FIXED) {
      JsonValue value = after.getOrDefault(name, JsonValue.NULL);
      if (!value.equals(JsonValue.NULL) && !value.equals(before.get(name))) {
        validation.invalid("metadata." + name, value, "field is immutable");
      }
    }
    if (before.containsKey("deletionTimestamp")) {
      Set<String> added = new LinkedHashSet<>(strings(after, "finalizers"));
      added.removeAll(strings(before, "finalizers"));
      if (!added.isEmpty()) {
        validation.errors.add(
            FieldError.forbidden(
                "metadata.finalizers",
                "no new finalizers can be added if the object is being deleted, found new"
                    + " finalizers "
                    + added));
      }
    }
    return List.copyOf(validation.errors);
  }

  /** The object without owner references that stand twice. */
  public static Deduplicated withoutDuplicateOwners(JsonObject object) {
    List<JsonObject> owners = objects(members(object, "metadata"), "ownerReferences");
    if (owners.isEmpty()) {
      return new Deduplicated(object, List.of());
    }
    Set<String> seen = new HashSet<>();
    List<String> warnings = new ArrayList<>();
    JsonArrayBuilder kept = Json.array();
    for (JsonObject owner : owners) {
      String uid = owner.getString("uid", "");
      if (uid.isEmpty() || seen.add(uid)) {
        kept.add(owner);
      } else {
        warnings.add(
            "metadata.ownerReferences contains duplicate entries, with UID " + uid + ": removed");
      }
    }
    if (warnings.isEmpty()) {
      return new Deduplicated(object, List.of());
    }
    JsonObject metadata =
        Json.object(object.getJsonObject("metadata")).add("ownerReferences", kept).build();
    return new Deduplicated(Json.object(object).add("metadata", metadata).build(), warnings);
  }

  /**
   * Whether the text is a key of labels, annotations or finalizers: an optional DNS prefix and a
   * name.
   */
  public static boolean isQualifiedName(String text) {
    int slash = text.indexOf('/');
    String part = text.substring(slash + 1);
    return (slash < 0 || DnsNames.isSubdomain(text.substring(0, slash)))
        && part.length() <= LONGEST_PART
        && PART.matcher(part).matches();
  }

  /** Whether the text is the value of a label. */
  public static boolean isLabelValue(String text) {
    return text.isEmpty() || (text.length() <= LONGEST_PART && PART.matcher(text).matches());
  }

  private void names(Kind kind, JsonObject metadata) {
    String name = metadata.getString("name", "");
    String prefix = metadata.getString("generateName", "");
    if (name.isEmpty()
        && prefix.isEmpty()
        && !kind.verbs().equals(Set.of(ai.a5c.krate.api.schema.Verb.CREATE))) {
      errors.add(FieldError.required("metadata.name", "name or generateName is required"));
    }
    if (!name.isEmpty()) {
      name(kind, "metadata.name", name);
    }
    if (!prefix.isEmpty()) {
      name(kind, "metadata.generateName", masked(prefix));
    }
    String namespace = metadata.getString("namespace", "");
    if (kind.namespaced() && !namespace.isEmpty() && !DnsNames.isLabel(namespace)) {
      errors.add(FieldError.invalid("metadata.namespace", cut(namespace), DnsNames.LABEL_RULE));
    } else if (!kind.namespaced() && !namespace.isEmpty()) {
      errors.add(FieldError.forbidden("metadata.namespace", "not allowed on this type"));
    }
  }

  private void name(Kind kind, String path, String name) {
    if (kind.freeNames()) {
      if (!isPathSegment(name)) {
        errors.add(FieldError.invalid(path, cut(name), SEGMENT_RULE));
      }
    } else if (!DnsNames.isSubdomain(name)) {
      errors.add(FieldError.invalid(path, cut(name), DnsNames.SUBDOMAIN_RULE));
    }
  }

  /** Whether the text can be one segment of a path, and is no longer than a DNS name. */
  public static boolean isPathSegment(String text) {
    return !text.isEmpty()
        && text.length() <= LONGEST_SEGMENT
        && !text.equals(".")
        && !text.equals("..")
        && text.chars().noneMatch(c -> c == '/' || c == '%' || Character.isISOControl(c));
  }

  /** A prefix may end in dashes, which the completed name does not. */
  private static String masked(String prefix) {
    return prefix.endsWith("-") ? prefix.substring(0, prefix.length() - 1) + "a" : prefix;
  }

  private void labels(JsonObject labels) {
    labels.forEach(
        (key, value) -> {
          if (!isQualifiedName(key)) {
            errors.add(FieldError.invalid("metadata.labels", cut(key), QUALIFIED_RULE));
          }
          String text = ((JsonString) value).getString();
          if (!isLabelValue(text)) {
            errors.add(
                FieldError.invalid(
                    "metadata.labels",
                    cut(text),
                    "a valid label must be an empty string or consist of alphanumeric characters,"
                        + " '-', '_' or '.', and must start and end with an alphanumeric character,"
                        + " at most 63 of them"));
          }
        });
  }

  private void annotations(JsonObject annotations) {
    long size = 0;
    for (var annotation : annotations.entrySet()) {
      String key = annotation.getKey();
      if (!isQualifiedName(key.toLowerCase(Locale.ROOT))) {
        errors.add(FieldError.invalid("metadata.annotations", cut(key), QUALIFIED_RULE));
      }
      String value = ((JsonString) annotation.getValue()).getString();
      size += key.getBytes(StandardCharsets.UTF_8).length;
      size += value.getBytes(StandardCharsets.UTF_8).length;
    }
    if (size > LARGEST_ANNOTATIONS) {
      errors.add(
          new FieldError(
              Reason.TOO_LONG,
              "metadata.annotations",
              "Too long: may not be more than " + LARGEST_ANNOTATIONS + " bytes"));
    }
  }

  private void finalizers(List<String> finalizers) {
    tooMany("metadata.finalizers", finalizers.size(), MOST_FINALIZERS);
    for (String finalizer : finalizers) {
      if (!isQualifiedName(finalizer)) {
        errors.add(FieldError.invalid("metadata.finalizers", cut(finalizer), QUALIFIED_RULE));
      }
    }
    if (finalizers.contains("orphan") && finalizers.contains("foregroundDeletion")) {
      errors.add(
          FieldError.invalid(
              "metadata.finalizers",
              finalizers,
              "finalizers cannot contain both orphan and foregroundDeletion"));
    }
  }

  private void owners(List<JsonObject> owners) {
    tooMany("metadata.ownerReferences", owners.size(), MOST_OWNERS);
    List<String> controllers = new ArrayList<>();
    for (int i = 0; i < owners.size(); i++) {
      JsonObject owner = owners.get(i);
      for (String member : List.of("apiVersion", "kind", "name", "uid")) {
        if (owner.getString(member, "").isEmpty()) {
          String at = "metadata.ownerReferences[" + i + "]." + member;
          errors.add(FieldError.invalid(at, "", "must not be empty"));
        }
      }
      if (owner.getBoolean("controller", false)) {
        controllers.add(owner.getString("kind", "") + "/" + owner.getString("name", ""));
      }
    }
    if (controllers.size() > 1) {
      errors.add(
          FieldError.invalid(
              "metadata.ownerReferences",
              controllers,
              "only one reference can have controller set to true"));
    }
  }

  private void tooMany(String path, int size, int most) {
    if (size > most) {
      String message = "Too many: " + size + ": must have at most " + most + " items";
      errors.add(new FieldError(Reason.TOO_MANY, path, message));
    }
  }

  private void invalid(String path, JsonValue value, String detail) {
    Object shown = value instanceof JsonString text ? cut(text.getString()) : value;
    errors.add(FieldError.invalid(path, shown, detail));
  }

  private static String cut(String text) {
    return text.length() > 256 ? text.substring(0, 256) + "..." : text;
  }

  private static JsonObject members(JsonObject object, String name) {
    return object.get(name) instanceof JsonObject members ? members : JsonValue.EMPTY_JSON_OBJECT;
  }

  private static List<String> strings(JsonObject object, String name) {
    if (!(object.get(name) instanceof JsonArray array)) {
      return List.of();
    }
    return array.stream().map(v -> v instanceof JsonString s ? s.getString() : "").toList();
  }

  private static List<JsonObject> objects(JsonObject object, String name) {
    if (!(object.get(name) instanceof JsonArray array)) {
      return List.of();
    }
    return array.stream()
        .filter(JsonObject.class::isInstance)
        .map(JsonValue::asJsonObject)
        .toList();
  }
}
