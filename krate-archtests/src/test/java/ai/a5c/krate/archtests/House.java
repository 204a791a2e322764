package ai.a5c.krate.archtests;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the modules of a house lie: the real one, or the one of the fixtures that breaks every rule
 * once.
 *
 * @param root the package that all modules are in
 */
record House(String root) {
  static final House KRATE = new House("ai.a5c.krate");
  static final House BROKEN = new House("ai.a5c.krate.archtests.house");

  /** What each module may see of the others. Longer package names come before their prefixes. */
  private static final Map<String, Set<String>> MAY_SEE =
      Map.ofEntries(
          Map.entry("api", Set.of()),
          Map.entry("spi", Set.of("api")),
          Map.entry("apiserver", Set.of("api", "spi")),
          Map.entry("core", Set.of("api", "spi", "apiserver")),
          Map.entry("storage.postgres", Set.of("api", "spi")),
          Map.entry("git", Set.of("api", "spi")),
          Map.entry("postgres.embedded", Set.of("api", "spi")),
          Map.entry("jwt", Set.of("api", "spi")),
          Map.entry("cel", Set.of("api", "spi")),
          Map.entry("executor.process", Set.of("api", "spi")),
          Map.entry("testkit", Set.of("api", "spi")),
          Map.entry("server", Set.of("api", "spi", "apiserver", "core")),
          Map.entry(
              "cli",
              Set.of("api", "spi", "apiserver", "core", "server", "git", "storage.postgres")));

  /** Every module, by its package below the root. */
  static Set<String> modules() {
    return MAY_SEE.keySet();
  }

  static boolean maySee(String module, String other) {
    return module.equals(other) || MAY_SEE.getOrDefault(module, Set.of()).contains(other);
  }

  boolean contains(JavaClass type) {
    return type.getPackageName().startsWith(root + ".");
  }

  /** The module of a class of this house; empty if it is in none. */
  Optional<String> moduleOf(JavaClass type) {
    return modules().stream().filter(module -> isIn(type, module)).findFirst();
  }

  /** Whether the class is in the package, which is named from the root, or below it. */
  boolean isIn(JavaClass type, String relative) {
    String name = root + "." + relative;
    return type.getPackageName().equals(name) || type.getPackageName().startsWith(name + ".");
  }

  boolean isInAny(JavaClass type, List<String> relatives) {
    return relatives.stream().anyMatch(relative -> isIn(type, relative));
  }
}
