package ai.a5c.krate.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.apiserver.house.Bash;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ShellTextTest {
  /** Whatever a shell, a terminal or an encoding could trip over. */
  @Provide
  Arbitrary<String> hostile() {
    Arbitrary<String> one =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMinLength(1).ofMaxLength(4),
            Arbitraries.of(
                "'",
                "\"",
                "\\",
                "$",
                "$'",
                "$(id)",
                "`id`",
                "${x:?}",
                "\n",
                "\r\n",
                "\t",
                "\u001b[2J",
                "EOF",
                "\nEOF\n",
                "\nEOF_\n",
                "<<EOF",
                "#",
                ";",
                "&",
                "|",
                ">",
                "~",
                "*",
                "?",
                "[a]",
                "{a,b}",
                "!",
                "!!",
                " ",
                "--all",
                "-",
                "\u007f",
                "\u0085",
                "\u200b",
                "\u202e",
                "\u2028",
                "\ufeff",
                "é",
                "日本",
                "😀",
                "\udbff\udfff",
                "'\\''",
                "\\n",
                "%s",
                "\\x41"));
    return one.list().ofMaxSize(12).map(parts -> String.join("", parts)).filter(ShellText::canHold);
  }

  @Property(tries = 300)
  void aWordIsOneWord(@ForAll("hostile") String text) {
    Bash.Seen seen = Bash.run("kubectl " + ShellText.word(text) + " end");

    assertThat(seen.words()).containsExactly(text, "end");
    assertThat(seen.said()).isEmpty();
  }

  @Property(tries = 300)
  void anInputIsTheTextAndALineBreak(@ForAll("hostile") String text) {
    Bash.Seen seen = Bash.run("kubectl -f - " + ShellText.input(text));

    assertThat(seen.words()).containsExactly("-f", "-");
    assertThat(seen.input()).isEqualTo(text.endsWith("\n") ? text : text + "\n");
    assertThat(seen.said()).isEmpty();
  }

  @Property(tries = 100)
  void aCommentDoesNothing(@ForAll("hostile") String text) {
    Bash.Seen seen = Bash.run("kubectl a\n" + ShellText.comment(text) + "\ntrue");

    assertThat(seen.words()).containsExactly("a");
    assertThat(seen.said()).isEmpty();
  }

  @Property(tries = 300)
  void whatIsShownCanBeSeen(@ForAll("hostile") String text) {
    for (String shown :
        List.of(ShellText.word(text), ShellText.input(text), ShellText.comment(text))) {
      assertThat(shown.codePoints())
          .allMatch(c -> c == '\n' || !Character.isISOControl(c))
          .allMatch(c -> Character.getType(c) != Character.FORMAT);
    }
  }

  @Example
  void whatIsHarmlessIsNotQuoted() {
    assertThat(ShellText.word("pullrequests.krate.a5c.ai/web-1"))
        .isEqualTo("pullrequests.krate.a5c.ai/web-1");
    assertThat(ShellText.word("it's")).isEqualTo("'it'\\''s'");
    assertThat(ShellText.word("a\nb")).isEqualTo("$'a\\nb'");
    assertThat(ShellText.word("")).isEqualTo("''");
  }

  @Example
  void whatBashCannotBeGivenIsSaid() {
    assertThat(ShellText.canHold("a\0b")).isFalse();
    assertThat(ShellText.canHold("\ud800")).isFalse();
    assertThatThrownBy(() -> ShellText.word("a\0b")).isInstanceOf(IllegalArgumentException.class);
  }
}
