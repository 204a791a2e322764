package ai.a5c.krate.api.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a kind of the API. The record's components are the object's members beside apiVersion,
 * kind and metadata, in most kinds {@code spec} and {@code status}; everything that Krate knows of
 * the kind comes from this one declaration.
 *
 * <p>Components may be of type String, boolean, int, long, their boxes, {@code Instant}, {@code
 * Duration} (on the wire a Go duration such as {@code 30s}), {@code Bytes} (base64), enums (on the
 * wire their constants as CamelCase: {@code NOT_PLANNED} is {@code NotPlanned}), {@code
 * jakarta.json.JsonObject} (any object), lists and string-keyed maps of these, and records of
 * these.
 *
 * <p>What is absent is null where {@code @Nullable}, otherwise the {@link Default}, an empty
 * string, list, map or byte string, false or 0, and a record whose members are all absent. Enums,
 * instants and durations that may be absent are therefore {@code @Nullable}. Written, a member that
 * equals what its absence is read as is left out, unless it is required or has a default.
 *
 * <p>Constraints are those of {@code jakarta.validation.constraints}, also on the items of lists
 * and the values of maps: NotNull (required), NotBlank (required, and more than spaces), Size,
 * Pattern, Min, Max. Without Size a string has at most 1,024 characters, a list or map at most 256
 * items.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Kind {
  /** The API group; empty for the core group. */
  String group();

  String version();

  /** In CamelCase. */
  String name();

  /** Lower case. */
  String plural();

  String[] shortNames() default {};

  String[] categories() default {};

  boolean namespaced() default true;

  StorageBoundary boundary();

  /** What clients may do with it. */
  Verb[] verbs() default {
    Verb.GET,
    Verb.LIST,
    Verb.WATCH,
    Verb.CREATE,
    Verb.UPDATE,
    Verb.PATCH,
    Verb.DELETE,
    Verb.DELETECOLLECTION
  };

  /** Whether the whole stored document is sealed at rest. */
  boolean sealed() default false;

  /**
   * Whether it is one of Kubernetes' own kinds: strategic merge patch and protobuf bodies are
   * understood.
   */
  boolean core() default false;

  /**
   * Whether names may be anything that fits into one segment of a path, as those of roles are,
   * rather than DNS names only.
   */
  boolean freeNames() default false;
}
