package ai.a5c.krate.api.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a kind of the API. The record's components are the object's members beside apiVersion, kind and metadata, in
 * most kinds {@code spec} and {@code status}; everything that Krate knows of the kind comes from this one declaration.
 *
 * <p>Components may be of type String, boolean, int, long, their boxes, {@code Instant}, {@code Duration} (on the wire a
 * Go duration such as {@code 30s}), enums (on the wire their constants as CamelCase: {@code NOT_PLANNED} is {@code
 * NotPlanned}), {@code jakarta.json.JsonObject} (any object), lists and string-keyed maps of these, and records of
 * these. Absent is null where {@code @Nullable}, otherwise the {@link Default}, an empty list or map, false or 0.
 * Constraints are those of {@code jakarta.validation.constraints}: NotNull (required), NotBlank, Size, Pattern, Min, Max.
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
    Verb.GET, Verb.LIST, Verb.WATCH, Verb.CREATE, Verb.UPDATE, Verb.PATCH, Verb.DELETE, Verb.DELETECOLLECTION
  };

  /** Whether the whole stored document is sealed at rest. */
  boolean sealed() default false;

  /** Whether it is one of Kubernetes' own kinds: strategic merge patch and protobuf bodies are understood. */
  boolean core() default false;
}
