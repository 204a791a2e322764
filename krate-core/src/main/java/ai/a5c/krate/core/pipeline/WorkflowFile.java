package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.records.Workflow;
import ai.a5c.krate.apiserver.kind.Decoded;
import ai.a5c.krate.apiserver.kind.Decoder;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.kind.SchemaValidation;
import ai.a5c.krate.apiserver.kind.YamlDocument;
import ai.a5c.krate.core.forge.FileDigest;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A workflow file of some commit, which anybody may have written: whatever it contains, reading it
 * has one of two answers.
 */
sealed interface WorkflowFile {
  /** The declaration by which such files are checked; not served. */
  Kind KIND = KindReader.read(Workflow.class);

  /** How large a file may be. */
  int LARGEST = FileDigest.LARGEST;

  /** What is said of a field that is none. */
  String UNKNOWN = "unknown field";

  /** From the root of the commit. */
  String path();

  /** The SHA-256 of its bytes, as {@code sha256:<hex>}; empty if they were too many to be read. */
  String digest();

  /** The name of its check; for a broken one, whatever can be told. */
  String name();

  /** A file that can be run. */
  record Sound(String path, String digest, String name, Workflow.Spec spec)
      implements WorkflowFile {}

  /**
   * A file that cannot be run.
   *
   * @param message with line, column and reason
   */
  record Broken(String path, String digest, String name, String message) implements WorkflowFile {}

  /** Reads a file; never throws for what it contains. */
  static WorkflowFile read(String path, Bytes content) {
    String digest = FileDigest.of(content);
    if (content.size() > LARGEST) {
      return tooLarge(path, content.size());
    }
    return switch (YamlDocument.read(content)) {
      case YamlDocument.Reading.Faulty(var place, var fault) ->
          new Broken(path, digest, path, place + ": " + fault);
      case YamlDocument.Reading.Sound(var document) -> read(path, digest, document);
    };
  }

  /** A file that was not read. */
  static Broken tooLarge(String path, long size) {
    return new Broken(
        path,
        "",
        path,
        "line 1, column 1: the file has " + size + " bytes, and may have " + LARGEST);
  }

  private static WorkflowFile read(String path, String digest, YamlDocument document) {
    String claimed = JsonTree.textAt(document.object(), "metadata", "name");
    String name = WorkflowChecks.nameFault(claimed).isEmpty() ? claimed : path;
    List<FieldError> errors = new ArrayList<>();
    Workflow.Spec spec = null;
    try {
      header(document.object(), errors);
      Decoded decoded = Decoder.decode(KIND, completed(document.object()), List.of());
      decoded.unknown().forEach(field -> errors.add(unknown(field)));
      errors.addAll(SchemaValidation.errors(KIND, decoded.object()));
      if (errors.isEmpty()) {
        spec = RecordCodec.read(Workflow.class, decoded.object()).spec();
        errors.addAll(WorkflowChecks.errors(spec));
      }
    } catch (RuntimeException e) {
      // What its author can do about it is nothing; what he must not be able to do is to stop us.
      return new Broken(path, digest, name, "line 1, column 1: the file cannot be understood");
    }
    return spec != null && errors.isEmpty()
        ? new Sound(path, digest, name, spec)
        : new Broken(path, digest, name, told(document, errors));
  }

  /** What every kind has, and here by rules of its own. */
  private static void header(JsonObject object, List<FieldError> errors) {
    exactly(object, "apiVersion", KIND.apiVersion(), errors);
    exactly(object, "kind", KIND.name(), errors);
    if (!(object.get("metadata") instanceof JsonObject metadata)) {
      errors.add(FieldError.required("metadata.name", ""));
      return;
    }
    metadata.keySet().stream()
        .filter(member -> !member.equals("name"))
        .forEach(member -> errors.add(unknown("metadata." + member)));
    String name = metadata.get("name") instanceof JsonString text ? text.getString() : "";
    String fault = WorkflowChecks.nameFault(name);
    if (name.isEmpty()) {
      errors.add(FieldError.required("metadata.name", ""));
    } else if (!fault.isEmpty()) {
      errors.add(FieldError.invalid("metadata.name", name, fault));
    }
  }

  private static void exactly(
      JsonObject object, String member, String wanted, List<FieldError> errors) {
    if (!object.containsKey(member)) {
      errors.add(FieldError.required(member, ""));
    } else if (!(object.get(member) instanceof JsonString text)
        || !text.getString().equals(wanted)) {
      errors.add(FieldError.invalid(member, object.get(member), "it must be " + wanted));
    }
  }

  private static FieldError unknown(String field) {
    return new FieldError(FieldError.Reason.NOT_SUPPORTED, field, UNKNOWN);
  }

  /**
   * The object without its metadata, with what absence means: {@code push:} alone starts by every
   * push, and a step that says nothing needs the one before it.
   */
  private static JsonObject completed(JsonObject object) {
    JsonObject completed = Json.object(object).remove("metadata").build();
    if (completed.get("spec") instanceof JsonObject spec) {
      JsonObjectBuilder better = Json.object(spec);
      if (spec.get("on") instanceof JsonObject on) {
        JsonObjectBuilder triggers = Json.object();
        on.forEach(
            (name, value) ->
                triggers.add(
                    name, value.equals(JsonValue.NULL) ? JsonValue.EMPTY_JSON_OBJECT : value));
        better.add("on", triggers);
      }
      if (spec.get("steps") instanceof JsonArray steps) {
        better.add("steps", chained(steps));
      }
      completed = Json.object(completed).add("spec", better).build();
    }
    return completed;
  }

  private static JsonArrayBuilder chained(JsonArray steps) {
    JsonArrayBuilder chained = Json.array();
    String before = "";
    for (JsonValue step : steps) {
      boolean says = !(step instanceof JsonObject object) || object.containsKey("needs");
      chained.add(
          says || before.isEmpty()
              ? step
              : Json.object((JsonObject) step).add("needs", Json.array(List.of(before))).build());
      before = step instanceof JsonObject object ? JsonTree.textAt(object, "name") : "";
    }
    return chained;
  }

  private static String told(YamlDocument document, List<FieldError> errors) {
    return errors.stream()
        .limit(10)
        .map(error -> document.place(error.field()) + ": " + words(error))
        .distinct()
        .collect(Collectors.joining("; "));
  }

  private static String words(FieldError error) {
    if (error.reason() == FieldError.Reason.REQUIRED) {
      return error.field() + " is required";
    }
    return error.message().equals(UNKNOWN)
        ? UNKNOWN + " " + error.field()
        : error.field() + ": " + error.message();
  }
}
