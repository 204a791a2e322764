package ai.a5c.krate.core.forge;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.RefName;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BranchPatternTest {
  @ParameterizedTest(name = "{0} matches {1}")
  @CsvSource({
    "main, main",
    "release/*, release/1",
    "release/*, release/1.0-rc",
    "release-*, release-",
    "release-*, release-1",
    "*, main",
    "*/*, a/b",
    "v*.*, v1.2",
    "*a*b*, xxaxxbxx",
    "**, main",
    "**, a/b/c/d",
    "release/**, release/1",
    "release/**, release/1/2/3",
    "**/hotfix, hotfix",
    "**/hotfix, a/b/hotfix",
    "a/**/z, a/z",
    "a/**/z, a/b/c/z",
    "über, über",
  })
  void whatAPatternSaysMatches(String pattern, String branch) {
    assertThat(pattern(pattern).matches(branch)).isTrue();
  }

  @ParameterizedTest(name = "{0} does not match {1}")
  @CsvSource({
    "main, MAIN",
    "main, Main",
    "main, main2",
    "main, xmain",
    "main, main/x",
    "main, x/main",
    "main, heads/main",
    "main, refs/heads/main",
    "main, maın",
    "release/*, release",
    "release/*, release/1/2",
    "release/*, releases/1",
    "release/*, x/release/1",
    "*, a/b",
    "*/*, a/b/c",
    "release/**, release",
    "release/**, releases/1",
    "a/**/z, a/b/zz",
    "a/**/z, za/z",
    "v*.*, v12",
    "*a*b*, ba",
    "a.c, abc",
  })
  void nothingElseDoes(String pattern, String branch) {
    assertThat(pattern(pattern).matches(branch)).isFalse();
  }

  @Test
  void oneLetterInTwoWritingsIsTwoNames() {
    assertThat(pattern("caf\u00e9").matches("cafe\u0301")).isFalse();
    assertThat(pattern("m\u0430in").matches("main")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "/main", "main/", "a//b", "a b", "a?b", "[ab]", "a\\b", "^main$", "a~1", "a:b",
        "a..b", ".a", "a.lock", "-main", "HEAD", "a**", "**a", "a/**b", "***", "a\nb",
      })
  void whatNoBranchCouldBeCalledIsNoPattern(String text) {
    assertThat(BranchPattern.parse(text)).isEmpty();
  }

  @Test
  void aPatternIsBounded() {
    assertThat(BranchPattern.parse("a".repeat(255))).isPresent();
    assertThat(BranchPattern.parse("a".repeat(256))).isEmpty();
    assertThat(BranchPattern.parse("*a".repeat(16))).isPresent();
    assertThat(BranchPattern.parse("*a".repeat(17))).isEmpty();
  }

  @Property
  void anythingBeforeOrAfterAPlainNameUnmatchesIt(
      @ForAll("names") String name, @ForAll("scraps") String scrap) {
    BranchPattern pattern = pattern(name);
    assertThat(pattern.matches(name)).isTrue();
    assertThat(pattern.matches(scrap + name)).isFalse();
    assertThat(pattern.matches(name + scrap)).isFalse();
  }

  @Property
  void aStarStopsAtSlashes(
      @ForAll("names") String folder, @ForAll("parts") String part, @ForAll("parts") String more) {
    BranchPattern pattern = pattern(folder + "/*");
    assertThat(pattern.matches(folder + "/" + part)).isTrue();
    assertThat(pattern.matches(folder + "/" + part + "/" + more)).isFalse();
    assertThat(pattern.matches(more + folder + "/" + part)).isFalse();
    assertThat(pattern.matches(more + "/" + folder + "/" + part)).isFalse();
    assertThat(pattern.matches(folder + more + "/" + part)).isFalse();
  }

  @Property
  void twoStarsKeepWhatIsBeforeThem(
      @ForAll("names") String folder, @ForAll("names") String below, @ForAll("parts") String more) {
    BranchPattern pattern = pattern(folder + "/**");
    assertThat(pattern.matches(folder + "/" + below)).isTrue();
    assertThat(pattern.matches(folder)).isFalse();
    assertThat(pattern.matches(folder + more + "/" + below)).isFalse();
    assertThat(pattern.matches(more + folder + "/" + below)).isFalse();
    assertThat(pattern("**").matches(below)).isTrue();
  }

  @Property
  void anotherCaseIsAnotherName(@ForAll("names") String name) {
    Assume.that(!name.toUpperCase(Locale.ROOT).equals(name));
    assertThat(pattern(name).matches(name.toUpperCase(Locale.ROOT))).isFalse();
  }

  @Provide
  Arbitrary<String> names() {
    return parts().list().ofMinSize(1).ofMaxSize(4).map(list -> String.join("/", list));
  }

  @Provide
  Arbitrary<String> parts() {
    return Arbitraries.strings()
        .withChars("abMv19-._é")
        .ofMinLength(1)
        .ofMaxLength(6)
        .filter(part -> RefName.ofBranch(part).isPresent());
  }

  @Provide
  Arbitrary<String> scraps() {
    return Combinators.combine(parts(), Arbitraries.of(List.of("", "/", "*")))
        .as((part, end) -> part + end);
  }

  private static BranchPattern pattern(String text) {
    return BranchPattern.parse(text).orElseThrow(() -> new AssertionError("no pattern: " + text));
  }
}
