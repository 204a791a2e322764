package ai.a5c.krate.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.records.Workflow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Workflow files, right and wrong ones. */
class WorkflowFileTest {
  private static final String PATH = ".krate/workflows/build.yaml";

  private static final String SOUND =
      """
      apiVersion: krate.a5c.ai/v1alpha1
      kind: Workflow
      metadata:
        name: build
      spec:
        on:
          push:
            branches: [main, release/*]
            tags: [v*]
            paths: [src/**]
          pullRequest:
          manual: {}
        parameters:
          - name: LEVEL
            description: How much is said.
            defaultValue: "1"
        env:
          - {name: LANG, value: C.UTF-8}
        secrets: [registry]
        timeout: 10m
        steps:
          - name: compile
            script: |
              make all
          - name: lint
            script: make lint
            needs: []
            continueOnError: true
          - name: test
            script: make test
            env:
              - {name: JOBS, value: "2"}
            workingDirectory: server
            timeout: 1m30s
      """;

  private static WorkflowFile read(String text) {
    return WorkflowFile.read(PATH, Bytes.utf8(text));
  }

  private static String message(String text) {
    return read(text) instanceof WorkflowFile.Broken broken ? broken.message() : "it is sound";
  }

  @Test
  void aFileThatUsesEverythingIsUnderstood() {
    assertThat(read(SOUND)).isInstanceOf(WorkflowFile.Sound.class);
    var sound = (WorkflowFile.Sound) read(SOUND);
    assertThat(sound.name()).isEqualTo("build");
    assertThat(sound.path()).isEqualTo(PATH);
    assertThat(sound.digest()).matches("sha256:[0-9a-f]{64}");
    Workflow.Spec spec = sound.spec();
    assertThat(spec.on().pullRequest()).isNotNull();
    assertThat(spec.steps())
        .extracting(Workflow.Step::name)
        .containsExactly("compile", "lint", "test");
    assertThat(spec.steps())
        .extracting(Workflow.Step::needs)
        .containsExactly(List.of(), List.of(), List.of("lint"));
  }

  @Test
  void theDigestIsThatOfTheBytes() {
    assertThat(read(SOUND).digest()).isEqualTo(read(SOUND).digest());
    assertThat(read(SOUND + "\n").digest()).isNotEqualTo(read(SOUND).digest());
  }

  /** The sound file with something else in the place of some text of it. */
  private static Arguments but(String text, String instead, String message) {
    assertThat(SOUND).contains(text);
    return Arguments.of(SOUND.replace(text, instead), message);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of("", "line 1, column 1: the file is empty"),
        Arguments.of("# nothing\n", "line 1, column 1: the file is empty"),
        Arguments.of("null", "line 1, column 1: the document is no object"),
        Arguments.of("just text", "line 1, column 1: the document is no object"),
        Arguments.of("- a\n- b\n", "line 1, column 1: the document is no object"),
        Arguments.of("{}", "line 1, column 1: apiVersion is required"),
        Arguments.of(SOUND + "---\n" + SOUND, "line 35, column 1: there is more than one document"),
        Arguments.of("a: [1, 2\nb: 3\n", "line 2, column 2: expected ',' or ']', but got :"),
        Arguments.of("a: \"open\n", "line 2, column 1: found unexpected end of stream"),
        Arguments.of("a: 'open\n", "line 2, column 1: found unexpected end of stream"),
        Arguments.of("\tkey: value", "line 1, column 1: found character '\\t(TAB)'"),
        Arguments.of("a: b: c", "line 1, column 5: mapping values are not allowed here"),
        Arguments.of("a: &x 1\nb: *x\n", "line 1, column 4: anchors are not allowed"),
        Arguments.of("a: *x\n", "line 1, column 4: aliases are not allowed"),
        Arguments.of("a: &x [*x]\n", "line 1, column 4: anchors are not allowed"),
        Arguments.of("a: !!java.net.URL 'http://x'\n", "line 1, column 4: tags are not allowed"),
        Arguments.of("a: !!binary aGk=\n", "line 1, column 4: tags are not allowed"),
        Arguments.of("a: !mine {b: c}\n", "line 1, column 4: tags are not allowed"),
        Arguments.of("? [a, b]\n: c\n", "line 1, column 3: the name of a field is a string"),
        Arguments.of("? {a: b}\n: c\n", "line 1, column 3: the name of a field is a string"),
        Arguments.of("a: 1\na: 2\n", "line 2, column 1: duplicate field a"),
        Arguments.of(
            "a: .nan\n", "line 1, column 1: the file cannot be read: not a JSON value: NaN"),
        but(
            "name: build",
            "name: build\n  name: again",
            "line 5, column 3: duplicate field metadata.name"),
        but(
            "v1alpha1",
            "v1",
            "line 1, column 1: apiVersion: Invalid value: \"krate.a5c.ai/v1\": it must be krate.a5c.ai/v1alpha1"),
        but(
            "kind: Workflow",
            "kind: Pipeline",
            "line 2, column 1: kind: Invalid value: \"Pipeline\": it must be Workflow"),
        but(
            "kind: Workflow",
            "kind: 7",
            "line 2, column 1: kind: Invalid value: 7: it must be Workflow"),
        but("kind: Workflow\n", "", "line 1, column 1: kind is required"),
        but("  name: build\n", "", "line 3, column 1: metadata.name is required"),
        but("name: build", "name: \"\"", "line 4, column 3: metadata.name is required"),
        but("name: build", "name: 12", "line 4, column 3: metadata.name is required"),
        but(
            "name: build",
            "name: b\u00fcild",
            "line 4, column 3: metadata.name: Invalid value: \"b\u00fcild\": a name is printable ASCII"),
        but(
            "name: build",
            "name: build/manual",
            "line 4, column 3: metadata.name: Invalid value: \"build/manual\": such names are those of what people start"),
        but("name: build", "name: " + "b".repeat(201), "a name has at most 200 characters"),
        but(
            "name: build",
            "name: build\n  labels: {a: b}",
            "line 5, column 3: unknown field metadata.labels"),
        but(
            "kind: Workflow",
            "kind: Workflow\nstatus: {}",
            "line 3, column 1: unknown field status"),
        but("  secrets:", "  secret:", "line 19, column 3: unknown field spec.secret"),
        but(
            "      script: make lint",
            "      scrpt: make lint",
            "line 26, column 7: unknown field spec.steps[1].scrpt; line 25, column 7: spec.steps[1].script is required"),
        but("      script: make lint\n", "", "line 25, column 7: spec.steps[1].script is required"),
        but("script: make lint", "script:", "line 26, column 7: spec.steps[1].script is required"),
        but(
            "script: make lint",
            "script: \"\"",
            "line 26, column 7: spec.steps[1].script: Invalid value: \"\": spec.steps[1].script in body should be at least 1 chars long"),
        but(
            "script: make lint",
            "script: [make, lint]",
            "line 26, column 7: spec.steps[1].script: Invalid value: \"array\""),
        but(
            "script: make lint",
            "script: 12",
            "line 26, column 7: spec.steps[1].script: Invalid value: \"integer\""),
        but(
            "script: make lint",
            "script: true",
            "line 26, column 7: spec.steps[1].script: Invalid value: \"boolean\""),
        but(
            "script: make lint",
            "script: \"a\\0b\"",
            "line 26, column 7: spec.steps[1].script: Invalid value: \"\": a script has no character 0"),
        but(
            "script: make lint",
            "script: " + "x".repeat(65_537),
            "Too long: may not be more than 65536 characters"),
        but(
            "name: lint",
            "name: Lint",
            "line 25, column 7: spec.steps[1].name: Invalid value: \"Lint\""),
        but(
            "name: lint",
            "name: compile",
            "line 25, column 7: spec.steps[1]: Duplicate value: {\"name\":\"compile\"}"),
        but("name: lint", "name: -a", "line 25, column 7: spec.steps[1].name"),
        but(
            "needs: []",
            "needs: [test]",
            "line 27, column 15: spec.steps[1].needs[0]: Invalid value: \"test\": no step before it has the name"),
        but("needs: []", "needs: [lint]", "no step before it has the name"),
        but(
            "needs: []",
            "needs: compile",
            "line 27, column 7: spec.steps[1].needs: Invalid value: \"string\""),
        but("needs: []", "needs: [compile, compile]", "Duplicate value: \"compile\""),
        but(
            "continueOnError: true",
            "continueOnError: yes",
            "line 28, column 7: spec.steps[1].continueOnError: Invalid value: \"string\""),
        but(
            "timeout: 1m30s",
            "timeout: 90",
            "line 34, column 7: spec.steps[2].timeout: Invalid value: \"integer\""),
        but("timeout: 1m30s", "timeout: 90 seconds", "line 34, column 7: spec.steps[2].timeout"),
        but(
            "timeout: 1m30s",
            "timeout: 0s",
            "spec.steps[2].timeout: Invalid value: \"0s\": it is from 1s to 24h"),
        but("timeout: 1m30s", "timeout: 25h", "it is from 1s to 24h"),
        but("  timeout: 10m", "  timeout: -1m", "line 20, column 3: spec.timeout"),
        but(
            "workingDirectory: server",
            "workingDirectory: /etc",
            "it is a folder below the workspace"),
        but(
            "workingDirectory: server",
            "workingDirectory: a/../../b",
            "it is a folder below the workspace"),
        but("name: LANG", "name: 1LANG", "line 18, column 8: spec.env[0].name"),
        but(
            "name: LANG",
            "name: KRATE_REF",
            "line 18, column 8: spec.env[0].name: Invalid value: \"KRATE_REF\": the server sets it"),
        but(
            "name: JOBS",
            "name: CI",
            "spec.steps[2].env[0].name: Invalid value: \"CI\": the server sets it"),
        but(
            "value: C.UTF-8",
            "value: \"C\\0\"",
            "line 18, column 20: spec.env[0].value: Invalid value: \"\": no variable of a process can hold a NUL"),
        but(
            "defaultValue: \"1\"",
            "defaultValue: \"\\0\"",
            "spec.parameters[0].defaultValue: Invalid value: \"\": no variable of a process can hold a NUL"),
        but(
            "name: LANG",
            "name: LEVEL",
            "line 14, column 7: spec.parameters[0].name: Invalid value: \"LEVEL\": spec.env has it, too"),
        but(
            "      defaultValue: \"1\"\n",
            "",
            "line 14, column 7: spec.parameters[0].defaultValue is required"),
        but("name: LEVEL", "name: LE-VEL", "line 14, column 7: spec.parameters[0].name"),
        but("secrets: [registry]", "secrets: [Registry]", "line 19, column 13: spec.secrets[0]"),
        but(
            "branches: [main, release/*]",
            "branches: [ma..in]",
            "line 8, column 18: spec.on.push.branches[0]: Invalid value: \"ma..in\": no branch or tag is called like that"),
        but(
            "branches: [main, release/*]",
            "branches: main",
            "line 8, column 7: spec.on.push.branches: Invalid value: \"string\""),
        but("tags: [v*]", "tags: [v**]", "line 9, column 14: spec.on.push.tags[0]"),
        but(
            "paths: [src/**]",
            "paths: [/src/**]",
            "line 10, column 15: spec.on.push.paths[0]: Invalid value: \"/src/**\": it is no pattern of paths"),
        but("paths: [src/**]", "paths: [src**]", "it is no pattern of paths"),
        but(
            "    pullRequest:\n",
            "    pullrequest:\n",
            "line 11, column 5: unknown field spec.on.pullrequest"),
        but(
            "    pullRequest:\n",
            "    schedule: {cron: daily}\n",
            "line 11, column 5: unknown field spec.on.schedule"),
        but("  secrets:", "  concurrency: {}\n  secrets:", "unknown field spec.concurrency"),
        but("needs: []", "image: alpine", "line 27, column 7: unknown field spec.steps[1].image"),
        but("needs: []", "cache: []", "line 27, column 7: unknown field spec.steps[1].cache"),
        but(
            "    pullRequest:\n",
            "    pullRequest: true\n",
            "line 11, column 5: spec.on.pullRequest: Invalid value: \"boolean\""),
        Arguments.of(
            withOn("{}"),
            "line 6, column 3: spec.on: Invalid value: \"{}\": it names none of push, pullRequest and manual"),
        Arguments.of(withOn("push"), "spec.on: Invalid value: \"string\""),
        Arguments.of(steps("[]"), "spec.steps in body should have at least 1 items"),
        Arguments.of(steps("{}"), "spec.steps: Invalid value: \"object\""),
        Arguments.of(steps("[make]"), "spec.steps[0]: Invalid value: \"string\""),
        Arguments.of(manySteps(257), "spec.steps: Too many: 257: must have at most 256 items"));
  }

  private static String withOn(String on) {
    return steps("[{name: a, script: b}]").replace("{manual: }", on);
  }

  private static String steps(String steps) {
    return """
        apiVersion: krate.a5c.ai/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          on: {manual: }
          steps: %s
        """
        .formatted(steps);
  }

  private static String manySteps(int count) {
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      steps.add("{name: s" + i + ", script: 'true'}");
    }
    return steps(steps.toString());
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void whatIsWrongIsToldWithItsPlace(String text, String message) {
    assertThat(message(text)).startsWith("line ").contains(message);
  }

  @Test
  void theMostStepsAreUnderstood() {
    assertThat(message(manySteps(256))).isEqualTo("it is sound");
  }

  @Test
  void aBrokenFileKeepsTheNameThatCanBeTold() {
    assertThat(read(steps("[]")).name()).isEqualTo("build");
    assertThat(read("a: [").name()).isEqualTo(PATH);
    assertThat(read(steps("[]").replace("build", "x/manual")).name()).isEqualTo(PATH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[", "{a: ", "- ", "? ", "[[{", "{\"", "&a [*a, ", "!!x ", "| \n", "%", "\u0000"})
  void aBombIsRefused(String part) {
    String bomb = part.repeat(WorkflowFile.LARGEST / part.length());
    assertThat(message(bomb)).startsWith("line ");
  }

  @Test
  void aliasesThatGrowAreRefused() {
    StringBuilder laughs = new StringBuilder("a: &a [x, x]\n");
    for (char c = 'b'; c < 'z'; c++) {
      char before = (char) (c - 1);
      laughs
          .append(c)
          .append(": &")
          .append(c)
          .append(" [*")
          .append(before)
          .append(", *")
          .append(before)
          .append("]\n");
    }
    assertThat(message(laughs.toString())).isEqualTo("line 1, column 4: anchors are not allowed");
  }

  @Test
  void aFileThatIsTooLargeIsNotParsed() {
    assertThat(message(SOUND + "#".repeat(WorkflowFile.LARGEST)))
        .startsWith("line 1, column 1: the file has ")
        .endsWith(" bytes, and may have 262144");
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    byte[] latin = "a: \u00fc".getBytes(StandardCharsets.ISO_8859_1);
    var broken = (WorkflowFile.Broken) WorkflowFile.read(PATH, Bytes.copyOf(latin));
    assertThat(broken.message()).isEqualTo("line 1, column 1: the file is not UTF-8");
  }

  /** Whatever a file contains, it is one of the two: cut, doubled, mixed and random ones. */
  @Test
  void anythingHasOneOfTwoAnswers() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      StringBuilder text = new StringBuilder(SOUND);
      for (int change = 0; change <= random.nextInt(4); change++) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + random.nextInt(40));
        switch (random.nextInt(4)) {
          case 0 -> text.delete(at, end);
          case 1 -> text.insert(at, text.substring(at, end));
          case 2 -> text.insert(at, (char) random.nextInt(0x300));
          default -> text.insert(at, "{}[]:-&*!|>'\"%@`#,?\n\t ".charAt(random.nextInt(22)));
        }
      }
      String file = text.toString();
      assertThat(read(file).path()).as("seed %d: %s", seed, file).isEqualTo(PATH);
    }
  }
}
