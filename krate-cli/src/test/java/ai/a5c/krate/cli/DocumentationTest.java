package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.apiserver.kind.Reference;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.pipeline.PipelineRoom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documentation says of the code is so. */
class DocumentationTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w*)[^\\n]*\\n(.*?)^```");
  private static final Pattern VARIABLE = Pattern.compile("\\bKRATE_[A-Z_]+[A-Z]\\b");
  private static final Pattern FLAG = Pattern.compile("`(--[a-z][a-z-]+)[^`]*`");
  private static final Pattern SERVED_WITH = Pattern.compile("krate serve\\b([^`\\n]*)");

  /** Variables that are no settings of the server. */
  private static final Set<String> OTHER_VARIABLES =
      Set.of(
          "KRATE_JAVA_OPTS",
          "KRATE_TEST_JDBC_URL",
          // What steps find in their environment.
          "KRATE_ORGANIZATION",
          "KRATE_REPOSITORY",
          "KRATE_REF",
          "KRATE_COMMIT",
          "KRATE_PIPELINE",
          "KRATE_JOB",
          "KRATE_STEP",
          "KRATE_SECRETS");

  /** Flags of other programs that stand alone in the text. */
  private static final Set<String> OTHER_FLAGS =
      Set.of("--atomic", "--dry-run", "--server-side", "--strict", "--help");

  static Stream<Path> pages() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(top, docs).filter(p -> p.toString().endsWith(".md")).toList().stream();
    }
  }

  @Test
  void theReferenceOfTheKindsIsTheirDeclaration() throws IOException {
    requireGolden("kinds.md", Reference.page(Krate.kinds()));
  }

  @Test
  void theReferenceOfTheSettingsIsTheirDeclaration() throws IOException {
    requireGolden("configuration.md", Help.reference());
  }

  @Test
  void theReferenceOfTheWorkflowFileIsItsDeclaration() throws IOException {
    String introduction =
        "Made from its declaration. What it does is told in [Workflows](../workflows.md); editors"
            + " take the [JSON schema](workflow.schema.json). `*` required. Durations are Go"
            + " durations such as `1m30s`.";
    requireGolden("workflow.md", Reference.filePage(PipelineRoom.workflow(), introduction));
    requireGolden("workflow.schema.json", Reference.fileSchema(PipelineRoom.workflow()));
  }

  /** {@code -Dgolden.update} writes the page anew. */
  private static void requireGolden(String name, String wanted) throws IOException {
    Path page = ROOT.resolve("docs/reference").resolve(name);
    if (System.getProperty("golden.update") != null) {
      Files.writeString(page, wanted);
    }
    assertThat(page).content().isEqualTo(wanted);
  }

  @Test
  void thereIsSomethingToRead() throws IOException {
    assertThat(pages().map(p -> ROOT.relativize(p).toString()))
        .contains("README.md", "docs/quick-start.md", "docs/operations.md", "docs/concepts.md");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsSomewhere(Path page) throws IOException {
    for (String link : found(LINK, withoutCode(page).replaceAll("`[^`\n]*`", ""))) {
      if (link.matches("[a-z]+:.*")) {
        continue;
      }
      String[] parts = link.split("#", 2);
      Path folder = page.getParent();
      Path target = parts[0].isEmpty() ? page : folder.resolve(parts[0]).normalize();
      assertThat(target).as(link).exists();
      if (parts.length == 2) {
        assertThat(anchors(target)).as(link).contains(parts[1]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyVariableAndFlagIsThere(Path page) throws IOException {
    String text = Files.readString(page);
    List<String> variables = Settings.ALL.stream().map(Setting::variable).toList();
    List<String> served = Settings.ALL.stream().map(Setting::flag).toList();
    List<String> flags =
        Usage.ALL.stream().flatMap(usage -> usage.settings().stream()).map(Setting::flag).toList();
    assertThat(found(Pattern.compile("(" + VARIABLE + ")"), text))
        .allMatch(name -> variables.contains(name) || OTHER_VARIABLES.contains(name));
    assertThat(found(FLAG, text))
        .allMatch(name -> flags.contains(name) || OTHER_FLAGS.contains(name));
    for (String arguments : found(SERVED_WITH, text)) {
      assertThat(found(Pattern.compile("(--[a-z-]+)"), arguments))
          .allMatch(name -> served.contains(name) || OTHER_FLAGS.contains(name));
    }
  }

  /** What is run is the quick start, its demo, and the build. */
  @Test
  void everyCommandOfTheReadmeIsRunSomewhere() throws IOException {
    String run =
        Files.readString(ROOT.resolve("docs/quick-start.md"))
            + Files.readString(ROOT.resolve("examples/quickstart/demo.sh"))
            + Files.readString(ROOT.resolve(".ci/run"))
            + Files.readString(ROOT.resolve("build"));
    List<String> commands =
        FENCED.matcher(Files.readString(ROOT.resolve("README.md"))).results().toList().stream()
            .filter(block -> block.group(1).equals("sh"))
            .flatMap(block -> block.group(2).lines())
            .map(line -> line.replaceFirst(" +#.*", "").strip())
            .filter(line -> !line.isEmpty())
            .toList();
    assertThat(commands).hasSizeGreaterThan(3).allMatch(run::contains);
  }

  /** As GitHub makes them: the headings' words with dashes between them. */
  private static List<String> anchors(Path page) throws IOException {
    return found(HEADING, withoutCode(page)).stream()
        .map(h -> h.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", ""))
        .map(h -> h.replace(' ', '-'))
        .toList();
  }

  private static String withoutCode(Path page) throws IOException {
    return FENCED.matcher(Files.readString(page)).replaceAll("");
  }

  private static List<String> found(Pattern pattern, String text) {
    List<String> all = new ArrayList<>();
    for (MatchResult result : pattern.matcher(text).results().toList()) {
      all.add(result.group(1));
    }
    return all;
  }
}
