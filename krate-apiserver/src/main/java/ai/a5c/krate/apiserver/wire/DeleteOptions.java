package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a deletion asks for.
 *
 * @param dryRun whether nothing must be deleted
 * @param uid that the object must have; null for any
 * @param resourceVersion that the object must have; null for any
 * @param propagation what becomes of the objects that it owns
 * @param gracePeriodSeconds 0 or more; null if the kind decides. A negative wish counts as 1
 */
public record DeleteOptions(
    boolean dryRun,
    @Nullable String uid,
    @Nullable String resourceVersion,
    Propagation propagation,
    @Nullable Long gracePeriodSeconds) {
  /** What becomes of the objects that a deleted object owns. */
  public enum Propagation {
    /** The finalizers that the object already has decide. */
    UNSPECIFIED,
    ORPHAN,
    BACKGROUND,
    FOREGROUND,
  }

  /**
   * Reads the body, which may leave out kind and apiVersion; without a body, the query. {@code
   * dryRun} counts wherever it stands, so that nobody's dry run deletes.
   *
   * @param body null if the request has none
   * @throws ApiException BadRequest if the body is of another kind or a member of another type;
   *     Invalid, of kind DeleteOptions, if a value is not supported or two do not go together
   */
  public static DeleteOptions parse(@Nullable JsonObject body, Query query) {
    OptionErrors errors = new OptionErrors("DeleteOptions");
    List<String> dryRuns = new ArrayList<>(query.all("dryRun"));
    DeleteOptions options;
    if (body == null) {
      options = ofQuery(query, errors);
    } else {
      checkKind(body);
      dryRuns.addAll(texts(body));
      options = ofBody(body, errors);
    }
    boolean dryRun = WriteOptions.dryRun(dryRuns, errors);
    errors.check();
    return new DeleteOptions(
        dryRun,
        options.uid,
        options.resourceVersion,
        options.propagation,
        options.gracePeriodSeconds);
  }

  private static void checkKind(JsonObject body) {
    String kind = text(body, "kind", "kind");
    if (kind != null && !kind.isEmpty() && !kind.equals("DeleteOptions")) {
      throw refusal("the body of a deletion is of kind DeleteOptions, not \"" + kind + "\"");
    }
  }

  private static DeleteOptions ofQuery(Query query, OptionErrors errors) {
    Boolean orphan = query.has("orphanDependents") ? query.flag("orphanDependents") : null;
    Propagation propagation = propagation(query.text("propagationPolicy"), orphan, errors);
    Long grace =
        query.text("gracePeriodSeconds").isEmpty()
            ? null
            : grace(query.number("gracePeriodSeconds").orElse(0));
    return new DeleteOptions(false, null, null, propagation, grace);
  }

  private static DeleteOptions ofBody(JsonObject body, OptionErrors errors) {
    JsonObject preconditions =
        switch (body.get("preconditions")) {
          case null -> JsonValue.EMPTY_JSON_OBJECT;
          case JsonObject object -> object;
          case JsonValue other when Documents.isNull(other) -> JsonValue.EMPTY_JSON_OBJECT;
          case JsonValue other -> throw wrongType("preconditions", "an object");
        };
    String policy = text(body, "propagationPolicy", "propagationPolicy");
    Boolean orphan =
        switch (body.getOrDefault("orphanDependents", JsonValue.NULL).getValueType()) {
          case TRUE -> true;
          case FALSE -> false;
          case NULL -> null;
          default -> throw wrongType("orphanDependents", "a boolean");
        };
    return new DeleteOptions(
        false,
        text(preconditions, "uid", "preconditions.uid"),
        text(preconditions, "resourceVersion", "preconditions.resourceVersion"),
        propagation(policy == null ? "" : policy, orphan, errors),
        grace(body.getOrDefault("gracePeriodSeconds", JsonValue.NULL)));
  }

  private static Propagation propagation(
      String policy, @Nullable Boolean orphan, OptionErrors errors) {
    if (!policy.isEmpty() && orphan != null) {
      errors.invalid(
          "propagationPolicy",
          policy,
          "orphanDependents and deletionPropagation cannot be both set");
    }
    return switch (policy) {
      case "" ->
          orphan == null
              ? Propagation.UNSPECIFIED
              : orphan ? Propagation.ORPHAN : Propagation.BACKGROUND;
      case "Orphan" -> Propagation.ORPHAN;
      case "Background" -> Propagation.BACKGROUND;
      case "Foreground" -> Propagation.FOREGROUND;
      default -> {
        errors.notSupported(
            "propagationPolicy", policy, List.of("Background", "Foreground", "Orphan"));
        yield Propagation.UNSPECIFIED;
      }
    };
  }

  private static @Nullable Long grace(JsonValue value) {
    if (Documents.isNull(value)) {
      return null;
    }
    try {
      if (value instanceof JsonNumber number) {
        return grace(number.longValueExact());
      }
    } catch (ArithmeticException e) {
      throw wrongType("gracePeriodSeconds", "a whole number");
    }
    throw wrongType("gracePeriodSeconds", "a whole number");
  }

  private static long grace(long seconds) {
    return seconds < 0 ? 1 : seconds;
  }

  private static List<String> texts(JsonObject body) {
    JsonValue value = body.getOrDefault("dryRun", JsonValue.NULL);
    if (Documents.isNull(value)) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    if (!(value instanceof JsonArray items)) {
      throw wrongType("dryRun", "a list of strings");
    }
    for (JsonValue item : items) {
      if (!(item instanceof JsonString text)) {
        throw wrongType("dryRun", "a list of strings");
      }
      texts.add(text.getString());
    }
    return texts;
  }

  private static @Nullable String text(JsonObject object, String member, String field) {
    JsonValue value = object.getOrDefault(member, JsonValue.NULL);
    if (Documents.isNull(value)) {
      return null;
    }
    if (value instanceof JsonString text) {
      return text.getString();
    }
    throw wrongType(field, "a string");
  }

  private static ApiException wrongType(String field, String type) {
    return refusal("DeleteOptions: " + field + " must be " + type);
  }

  private static ApiException refusal(String message) {
    return new ApiException(new Problem.BadRequest(message));
  }
}
