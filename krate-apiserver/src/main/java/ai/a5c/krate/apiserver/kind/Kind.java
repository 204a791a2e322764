package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.api.schema.Verb;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kind as the hall knows it, read from its one declaration by {@link KindReader}.
 *
 * @param group empty for the core group
 * @param name in CamelCase
 * @param description one sentence
 * @param schema of the members beside apiVersion, kind and metadata
 * @param columns of tables, after the name and before the age, in order
 * @param selectable the fields that selectors may name, beside metadata.name and metadata.namespace
 * @param sealed whether the whole stored document is sealed at rest
 * @param core whether it is one of Kubernetes' own
 * @param body the record that declares it
 */
public record Kind(
    String group,
    String version,
    String name,
    String plural,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    StorageBoundary boundary,
    Set<Verb> verbs,
    String description,
    Schema.ObjectSchema schema,
    List<Column> columns,
    List<Selectable> selectable,
    boolean sealed,
    boolean core,
    Class<? extends Record> body) {
  /**
   * A column of a table.
   *
   * @param type of OpenAPI: string, integer, boolean or date (shown as an age)
   * @param until for a time, of which the column shows how long it was to that other time, or to
   *     now as long as there is none; null for any other column
   * @param first how many characters of a text it shows; 0 for all
   */
  public record Column(
      String name,
      String type,
      String description,
      boolean wide,
      FieldPath path,
      @Nullable FieldPath until,
      int first) {
    /** A column that shows a whole value. */
    public Column(String name, String type, String description, boolean wide, FieldPath path) {
      this(name, type, description, wide, path, null, 0);
    }
  }

  /**
   * A field that a selector may name.
   *
   * @param name as selectors write it: {@code status.author}
   * @param path of the value compared: {@code status.author.name}
   */
  public record Selectable(String name, FieldPath path) {}

  public Kind {
    shortNames = List.copyOf(shortNames);
    categories = List.copyOf(categories);
    verbs = Collections.unmodifiableSet(EnumSet.copyOf(verbs));
    columns = List.copyOf(columns);
    selectable = List.copyOf(selectable);
  }

  public GroupResource resource() {
    return new GroupResource(group, plural);
  }

  public String singular() {
    return name.toLowerCase(Locale.ROOT);
  }

  /** {@code v1} in the core group, otherwise {@code group/version}. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** Whether there is a status that the main resource does not write. */
  public boolean hasStatus() {
    return schema.properties().containsKey("status") && verbs.contains(Verb.UPDATE);
  }

  /** Whether names may be anything that fits into one segment of a path. */
  public boolean freeNames() {
    var declared = body.getAnnotation(ai.a5c.krate.api.schema.Kind.class);
    return declared != null && declared.freeNames();
  }

  /** Of the name only: kinds are keys, and their schemas are large. */
  @Override
  public int hashCode() {
    return 31 * group.hashCode() + plural.hashCode();
  }

  /** There is one declaration of a resource, so its schema need not be compared. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Kind kind
        && kind.body.equals(body)
        && kind.plural.equals(plural)
        && kind.group.equals(group)
        && kind.version.equals(version);
  }
}
