package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.schema.Description;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Makes a {@link Kind} of the record that declares it. */
public final class KindReader {
  private static final Pattern NAME = Pattern.compile("[A-Z][A-Za-z0-9]{0,62}");
  private static final Pattern PLURAL = Pattern.compile("[a-z][a-z0-9]{0,62}");
  private static final Pattern VERSION = Pattern.compile("v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?");
  private static final Set<String> TAKEN = Set.of("apiVersion", "kind", "metadata");

  private KindReader() {}

  /**
   * Reads a declaration.
   *
   * @throws IllegalArgumentException if something about it is wrong; the message names the class,
   *     the field and the fault
   */
  public static Kind read(Class<? extends Record> declaration) {
    var kind = declaration.getAnnotation(ai.a5c.krate.api.schema.Kind.class);
    if (kind == null) {
      throw wrong(declaration, "it has no @Kind");
    }
    checkNames(declaration, kind);

    var reader = new SchemaReader(declaration);
    Schema.ObjectSchema schema = reader.object(declaration, description(declaration));
    for (String taken : TAKEN) {
      check(
          declaration,
          !schema.properties().containsKey(taken),
          taken + " is every kind's own member");
    }
    return new Kind(
        kind.group(),
        kind.version(),
        kind.name(),
        kind.plural(),
        List.of(kind.shortNames()),
        List.of(kind.categories()),
        kind.namespaced(),
        kind.boundary(),
        EnumSet.copyOf(List.of(kind.verbs())),
        schema.description(),
        schema,
        reader.columns(),
        reader.selectable(),
        kind.sealed(),
        kind.core(),
        declaration);
  }

  private static void checkNames(Class<?> declaration, ai.a5c.krate.api.schema.Kind kind) {
    check(
        declaration, NAME.matcher(kind.name()).matches(), "name must be CamelCase: " + kind.name());
    check(
        declaration,
        PLURAL.matcher(kind.plural()).matches(),
        "plural must be lower case: " + kind.plural());
    check(
        declaration, VERSION.matcher(kind.version()).matches(), "not a version: " + kind.version());
    check(
        declaration,
        kind.group().isEmpty() || DnsNames.isSubdomain(kind.group()),
        "group must be a DNS name: " + kind.group());
    check(declaration, kind.verbs().length > 0, "there is nothing to do with it: verbs is empty");
    List<String> names = new ArrayList<>(List.of(kind.shortNames()));
    names.add(kind.plural());
    check(
        declaration,
        new HashSet<>(names).size() == names.size(),
        "a short name stands twice: " + names);
    for (String name : names) {
      check(declaration, PLURAL.matcher(name).matches(), "short names are lower case: " + name);
    }
    for (String category : kind.categories()) {
      check(declaration, DnsNames.isLabel(category), "not a category: " + category);
    }
  }

  private static String description(Class<?> declaration) {
    Description description = declaration.getAnnotation(Description.class);
    if (description == null || !description.value().endsWith(".")) {
      throw wrong(declaration, "it needs a @Description of one sentence, with its full stop");
    }
    return description.value();
  }

  private static void check(Class<?> declaration, boolean right, String fault) {
    if (!right) {
      throw wrong(declaration, fault);
    }
  }

  private static IllegalArgumentException wrong(Class<?> declaration, String fault) {
    return new IllegalArgumentException(declaration.getName() + ": " + fault);
  }
}
