package ai.a5c.krate.archtests;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What of the JDK and of libraries only some may use. */
final class PlatformRules {
  private static final Set<String> AMBIENT =
      Set.of(
          "java.time.Instant.now",
          "java.time.InstantSource.system",
          "java.time.Clock.systemUTC",
          "java.time.Clock.systemDefaultZone",
          "java.time.LocalDate.now",
          "java.time.LocalDateTime.now",
          "java.time.OffsetDateTime.now",
          "java.time.ZonedDateTime.now",
          "java.lang.System.currentTimeMillis",
          "java.lang.System.getenv",
          "java.lang.System.getProperty",
          "java.lang.Math.random",
          "java.util.UUID.randomUUID");

  private static final Set<String> PROCESSES =
      Set.of("java.lang.ProcessBuilder.<init>", "java.lang.Runtime.exec");

  private static final Set<String> WORK_TREES =
      Set.of(
          "org.eclipse.jgit.api.CheckoutCommand",
          "org.eclipse.jgit.dircache.Checkout",
          "org.eclipse.jgit.dircache.DirCacheCheckout",
          "org.eclipse.jgit.gitrepo.ManifestParser",
          "org.eclipse.jgit.gitrepo.RepoCommand",
          "org.eclipse.jgit.transport.AmazonS3",
          "org.eclipse.jgit.transport.TransportAmazonS3");

  private static final List<String> LOG_APIS =
      List.of("java.util.logging", "org.slf4j", "org.apache.logging", "org.apache.commons.logging");

  private PlatformRules() {}

  static Stream<Rule> of(House house) {
    return Stream.of(
        ambient(house),
        processes(house),
        workTrees(house),
        logs(house),
        staticState(house),
        wholeStreams(house));
  }

  /** Suites of the testkit hold what a server says against the machine's own clock. */
  private static Rule ambient(House house) {
    return new Rule(
        "time, chance, identifiers and the environment are handed in",
        type -> house.contains(type) && !house.isInAny(type, List.of("cli", "testkit")),
        400,
        type -> Faults.uses(type, target -> AMBIENT.contains(named(target))),
        Map.of(
            "core.Krate$Builder", "the defaults of production, which a test replaces",
            "postgres.embedded.Binaries", "which binaries run is a property of the machine",
            "postgres.embedded.Folders", "whether folders can be forced is one, too"),
        "Clockwork");
  }

  private static Rule processes(House house) {
    return new Rule(
        "only the embedded PostgreSQL, the executor and the testkit start processes",
        type ->
            house.contains(type)
                && !house.isInAny(type, List.of("postgres.embedded", "executor.process")),
        400,
        type -> Faults.uses(type, target -> PROCESSES.contains(named(target))),
        Map.of(
            "testkit.git.Git", "the real client is the judge of a backend, in tests alone",
            "testkit.git.ArchiveRules", "the real tar is the judge of an archive, in tests alone",
            "testkit.executor.FakeRunner", "steps are processes in tests of what runs them, too"),
        "Starter");
  }

  private static Rule workTrees(House house) {
    return new Rule(
        "nothing of JGit that writes work trees or talks to clouds is used",
        house::contains,
        400,
        type -> Faults.dependencies(type, target -> WORK_TREES.contains(target.getName())),
        Map.of(),
        "Porcelain");
  }

  private static Rule logs(House house) {
    return new Rule(
        "libraries log to System.Logger",
        type -> house.contains(type) && !house.isIn(type, "cli"),
        400,
        type ->
            Faults.dependencies(
                type, target -> LOG_APIS.stream().anyMatch(target.getPackageName()::startsWith)),
        Map.of(),
        "Chatty");
  }

  private static Rule staticState(House house) {
    return new Rule(
        "nothing static can change",
        house::contains,
        400,
        type -> staticState(type),
        Map.of(
            "executor.process.KernelUsers", "file locks belong to the process here, too",
            "git.Workplace", "file locks belong to the process, which must know those it has",
            "cli.Logs", "the log system belongs to the process, and forgets what nobody holds",
            "server.MeteredSocket", "the HTTP layer does not say on which socket a request came",
            "testkit.api.ApiConformance", "no two tests of a process use one name",
            "testkit.database.TestDatabases", "tests of one process share a server"),
        "Hoard");
  }

  private static List<String> staticState(JavaClass type) {
    List<String> faults = new ArrayList<>();
    for (JavaField field : type.getFields()) {
      boolean isStatic = field.getModifiers().contains(JavaModifier.STATIC);
      if (isStatic && !field.getModifiers().contains(JavaModifier.FINAL)) {
        faults.add(field.getFullName() + " is not final");
      }
      if (isStatic && field.getRawType().isAssignableTo(ThreadLocal.class)) {
        faults.add(field.getFullName() + " is a ThreadLocal");
      }
    }
    type.getStaticInitializer()
        .ifPresent(
            initializer ->
                faults.addAll(Faults.uses(initializer, PlatformRules::makesSomethingMutable)));
    return faults;
  }

  private static boolean makesSomethingMutable(CodeUnitAccessTarget target) {
    JavaClass owner = target.getOwner();
    boolean collects =
        owner.isAssignableTo(Collection.class)
            || owner.isAssignableTo(Map.class)
            || owner.getPackageName().equals("java.util.concurrent.atomic");
    return (target.getName().equals("<init>") && collects)
        || named(target).equals("java.util.concurrent.ConcurrentHashMap.newKeySet");
  }

  private static Rule wholeStreams(House house) {
    return new Rule(
        "no stream is read whole, however long it is",
        type -> house.contains(type) && !house.isIn(type, "testkit"),
        400,
        type ->
            Faults.uses(
                type,
                target ->
                    target.getName().equals("readAllBytes")
                        && target.getOwner().isAssignableTo(InputStream.class)),
        Map.of(
            "storage.postgres.Migrations", "a script in the jar",
            "server.Exchange", "the body of an answer that the server itself has just made"),
        "Slurps");
  }

  private static String named(CodeUnitAccessTarget target) {
    return target.getOwner().getName() + "." + target.getName();
  }
}
