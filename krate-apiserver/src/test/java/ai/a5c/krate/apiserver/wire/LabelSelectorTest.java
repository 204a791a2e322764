package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.json;
import static ai.a5c.krate.apiserver.wire.Samples.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSelectorTest {
  private static final Map<String, String> LABELS =
      Map.of("app", "web", "example.org/tier", "front", "empty", "", "size", "10");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app=web",
        "app==web",
        " app = web ",
        "app!=db",
        "other!=db",
        "app in (db,web)",
        "app in ( db , web )",
        "app in(web)",
        "app notin (db)",
        "other notin (db)",
        "app",
        "!other",
        "! other",
        "empty=",
        "empty",
        "empty in (,x)",
        "example.org/tier=front",
        "app=web,example.org/tier in (front,back),!other",
        "size>9",
        "size<11",
        "size > 9"
      })
  void theseSelectIt(String selector) {
    assertThat(LabelSelector.parse(selector).matches(LABELS)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app=db",
        "app!=web",
        "other=",
        "other",
        "!app",
        "app in (db)",
        "other in (db)",
        "app notin (web,db)",
        "app=web,other",
        "empty=x",
        "size>10",
        "size<10",
        "app>1",
        "other<5"
      })
  void theseDoNot(String selector) {
    assertThat(LabelSelector.parse(selector).matches(LABELS)).isFalse();
  }

  @Test
  void wordsOfTheLanguageMayBeKeysAndValues() {
    assertThat(LabelSelector.parse("in in (in,notin)").matches(Map.of("in", "notin"))).isTrue();
  }

  @Test
  void emptyTextSelectsEverything() {
    assertThat(LabelSelector.parse("").isEverything()).isTrue();
    assertThat(LabelSelector.parse(" ").matches(json("{}"))).isTrue();
    assertThat(LabelSelector.parse("a").isEverything()).isFalse();
  }

  @Test
  void objectsAreAskedForTheirLabels() {
    LabelSelector selector = LabelSelector.parse("app=web");
    assertThat(selector.matches(json("{'metadata':{'labels':{'app':'web'}}}"))).isTrue();
    assertThat(selector.matches(json("{'metadata':{}}"))).isFalse();
    assertThat(selector.matches(json("{}"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "a=b,;5;a label key",
        ",a;1;a label key",
        "a==b==c;5;',' or the end",
        "a in b;6;'('",
        "a in (b c);9;',' or ')'",
        "a in (;7;a value",
        "a in ();7;a value",
        "a in (b;8;',' or ')'",
        "a within (b);3;one of",
        "a b;3;one of",
        "!a=b;3;',' or the end",
        "a=b c;5;',' or the end",
        "=b;1;a label key",
        "a>x;3;a whole number"
      })
  void whatIsMalformedIsRefusedWithItsPlace(String selector, int at, String expected) {
    var refusal = refusal(() -> LabelSelector.parse(selector));
    assertThat(refusal.code()).isEqualTo(400);
    assertThat(refusal.message())
        .startsWith("unable to parse the label selector at character " + at + ": found ")
        .contains(" where " + expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-a=b",
        "a-=b",
        "a/=b",
        "/a=b",
        "A.b/c=d",
        "a/b/c=d",
        "a@b",
        "ä=b",
        "a=-b",
        "a=b-",
        "a=b/c",
        "a in (b@c)"
      })
  void whatIsNoLabelIsRefused(String selector) {
    assertThat(refusal(() -> LabelSelector.parse(selector)).message()).contains(" is no label ");
  }

  @Test
  void lengthsAreBounded() {
    String longest = "a".repeat(63);
    assertThat(LabelSelector.parse(longest + "=" + longest).requirements()).hasSize(1);
    assertThat(refusal(() -> LabelSelector.parse("a".repeat(64))).code()).isEqualTo(400);
    assertThat(refusal(() -> LabelSelector.parse("a=" + "b".repeat(64))).code()).isEqualTo(400);
    assertThat(refusal(() -> LabelSelector.parse("a,".repeat(8192) + "a")).code()).isEqualTo(400);
  }

  /** One requirement, and what it means said in Java. */
  record Term(String text, Predicate<Map<String, String>> meaning) {}

  @Provide
  Arbitrary<List<Term>> terms() {
    Arbitrary<String> keys = Arbitraries.of("a", "b", "x.org/c");
    Arbitrary<String> values = Arbitraries.of("", "1", "v", "w");
    Arbitrary<List<String>> sets = values.set().ofMinSize(2).map(List::copyOf);
    return Arbitraries.oneOf(
            Combinators.combine(keys, values)
                .as((k, v) -> new Term(k + "=" + v, l -> v.equals(l.get(k)))),
            Combinators.combine(keys, values)
                .as((k, v) -> new Term(k + " != " + v, l -> !v.equals(l.get(k)))),
            Combinators.combine(keys, sets)
                .as(
                    (k, s) ->
                        new Term(
                            k + " in (" + String.join(", ", s) + ")",
                            l -> l.containsKey(k) && s.contains(l.get(k)))),
            Combinators.combine(keys, sets)
                .as(
                    (k, s) ->
                        new Term(
                            k + " notin (" + String.join(",", s) + ")",
                            l -> !l.containsKey(k) || !s.contains(l.get(k)))),
            keys.map(k -> new Term(k, l -> l.containsKey(k))),
            keys.map(k -> new Term("!" + k, l -> !l.containsKey(k))))
        .list()
        .ofMaxSize(4);
  }

  @Provide
  Arbitrary<Map<String, String>> labels() {
    return Arbitraries.maps(Arbitraries.of("a", "b", "x.org/c"), Arbitraries.of("", "1", "v", "w"));
  }

  @Property
  void aSelectorMeansAllOfItsRequirements(
      @ForAll("terms") List<Term> terms, @ForAll("labels") Map<String, String> labels) {
    String text = String.join(",", terms.stream().map(Term::text).toList());
    LabelSelector selector = LabelSelector.parse(text);
    boolean expected = terms.stream().allMatch(t -> t.meaning().test(labels));
    assertThat(selector.matches(labels)).isEqualTo(expected);
    assertThat(LabelSelector.parse(selector.toString())).isEqualTo(selector);
  }
}
