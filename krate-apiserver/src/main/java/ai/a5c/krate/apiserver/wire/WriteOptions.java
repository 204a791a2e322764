package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import java.util.List;

/**
 * What a create, update or patch asks for beside its body.
 *
 * @param dryRun whether nothing must be kept
 * @param fieldManager who is to own the fields written; empty if the caller's program does
 * @param force whether an apply takes fields from those who own them
 */
public record WriteOptions(
    boolean dryRun, String fieldManager, FieldValidation fieldValidation, boolean force) {
  private static final int MAX_MANAGER = 128;

  /** What becomes of unknown and duplicate fields; they are never kept. */
  public enum FieldValidation {
    STRICT("Strict"),
    WARN("Warn"),
    IGNORE("Ignore");

    private final String wireName;

    FieldValidation(String wireName) {
      this.wireName = wireName;
    }

    /** As options spell it. */
    public String wireName() {
      return wireName;
    }
  }

  /** The kinds of write that have options. */
  public enum Write {
    CREATE("CreateOptions"),
    UPDATE("UpdateOptions"),
    PATCH("PatchOptions"),
    /** Server-side apply: {@code fieldManager} is required, and {@code force} allowed. */
    APPLY("PatchOptions");

    private final String kind;

    Write(String kind) {
      this.kind = kind;
    }
  }

  /**
   * Reads {@code dryRun}, {@code fieldManager}, {@code fieldValidation} (absent: Warn) and {@code
   * force}.
   *
   * @throws ApiException Invalid, of the kind of the options, if a value is not supported or does
   *     not go with the write
   */
  public static WriteOptions parse(Query query, Write write) {
    OptionErrors errors = new OptionErrors(write.kind);
    boolean dryRun = dryRun(query.all("dryRun"), errors);
    String manager = query.text("fieldManager");
    checkManager(manager, errors);
    if (write == Write.APPLY && manager.isEmpty()) {
      errors.invalid("fieldManager", manager, "is required for apply patch");
    }
    if (write == Write.PATCH && query.has("force")) {
      errors.forbidden("force", "may not be specified for non-apply patch");
    }
    FieldValidation validation = fieldValidation(query.text("fieldValidation"), errors);
    errors.check();
    boolean force = write == Write.APPLY && query.flag("force");
    return new WriteOptions(dryRun, manager, validation, force);
  }

  static boolean dryRun(List<String> values, OptionErrors errors) {
    for (String value : values) {
      if (!value.equals("All")) {
        errors.notSupported("dryRun", value, List.of("All"));
      }
    }
    return !values.isEmpty();
  }

  private static void checkManager(String manager, OptionErrors errors) {
    if (manager.length() > MAX_MANAGER) {
      errors.invalid("fieldManager", manager.length(), "must be at most 128 characters");
    } else if (manager.codePoints().anyMatch(Character::isISOControl)) {
      errors.invalid("fieldManager", "", "must be printable");
    }
  }

  private static FieldValidation fieldValidation(String value, OptionErrors errors) {
    if (value.isEmpty()) {
      return FieldValidation.WARN;
    }
    for (FieldValidation validation : FieldValidation.values()) {
      if (validation.wireName.equals(value)) {
        return validation;
      }
    }
    errors.notSupported("fieldValidation", value, List.of("Ignore", "Strict", "Warn"));
    return FieldValidation.WARN;
  }
}
