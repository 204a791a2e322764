package ai.a5c.krate.core.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MaskTest {
  private static String masked(String text, int piece, String... secrets) {
    var mask = new Mask(Masker.of(List.of(secrets).stream().map(Secret::of).toList()));
    var out = new ByteArrayOutputStream();
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int from = 0; from < bytes.length; from += piece) {
      mask.pass(bytes, from, Math.min(piece, bytes.length - from), out);
    }
    mask.end(out);
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void aSecretIsHiddenWhereverTheStreamIsCut() {
    for (int piece = 1; piece < 30; piece++) {
      assertThat(masked("key=hunter22 and hunter2 ok\n", piece, "hunter22"))
          .isEqualTo("key=*** and hunter2 ok\n");
    }
  }

  @Test
  void everyLineOfASecretIsHidden() {
    assertThat(masked("a first line\nb second line\n", 7, "first line\r\nsecond line\n"))
        .isEqualTo("a ***\nb ***\n");
    assertThat(masked("first line, alone", 3, "first line\nsecond line")).isEqualTo("***, alone");
  }

  @Test
  void itsBase64IsHiddenAtEveryAlignment() {
    String secret = "a-rather-secret-thing";
    for (String before : List.of("", "u", "us", "user:")) {
      for (String after : List.of("", "x", "xy", "xyz")) {
        byte[] whole = (before + secret + after).getBytes(StandardCharsets.US_ASCII);
        String text = Base64.getEncoder().encodeToString(whole);
        String seen = masked(text, 5, secret);
        String inner = text.substring(2 + before.length() * 4 / 3, 20);
        assertThat(seen).contains("***").doesNotContain(inner);
      }
    }
  }

  @Test
  void whatIsNoSecretPassesAtOnce() {
    var mask = new Mask(Masker.of(List.of(Secret.of("secret"))));
    var out = new ByteArrayOutputStream();
    byte[] line = "nothing to see\n".getBytes(StandardCharsets.US_ASCII);
    mask.pass(line, 0, line.length, out);
    assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("nothing to see\n");
  }

  @Test
  void overlappingSecretsAreHiddenTogether() {
    assertThat(masked("xabcdefgx", 2, "abcde", "defg")).isEqualTo("x***x");
    assertThat(masked("xabcdefgx", 2, "bcde", "abcdefg")).isEqualTo("x***x");
    assertThat(masked("aaaaaaaaab", 3, "aaaa")).isEqualTo("***b");
  }

  @Test
  void shortValuesAreNotHidden() {
    assertThat(masked("1 is one\n", 4, "1", "is")).isEqualTo("1 is one\n");
  }

  @Test
  void tooMuchToLookForIsRefused() {
    Secret large = Secret.of(new byte[600_000]);
    assertThatThrownBy(() -> Masker.of(List.of(large)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("no secret is left, and nothing else is lost, for any secrets, text and cuts")
  void property() {
    var random = new Random(7);
    for (int round = 0; round < 3_000; round++) {
      List<String> secrets = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(4); i++) {
        secrets.add(text(random, 4 + random.nextInt(6)));
      }
      var text = new StringBuilder();
      for (int i = 0; i < 12; i++) {
        text.append(
            random.nextBoolean()
                ? secrets.get(random.nextInt(secrets.size()))
                : text(random, random.nextInt(9)));
      }
      String seen = masked(text.toString(), 1 + random.nextInt(9), secrets.toArray(String[]::new));
      secrets.forEach(secret -> assertThat(seen).doesNotContain(secret));
      assertThat(seen).isEqualTo(expected(text.toString(), secrets));
    }
  }

  private static String text(Random random, int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('!' + random.nextInt(2)));
    }
    return text.toString();
  }

  /** Every occurrence marked, the slow way. (The base64 of these has other letters.) */
  private static String expected(String text, List<String> secrets) {
    boolean[] hidden = new boolean[text.length()];
    for (String secret : secrets) {
      for (int at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
        for (int i = 0; i < secret.length(); i++) {
          hidden[at + i] = true;
        }
      }
    }
    var seen = new StringBuilder();
    for (int i = 0; i < hidden.length; i++) {
      if (!hidden[i]) {
        seen.append(text.charAt(i));
      } else if (i == 0 || !hidden[i - 1]) {
        seen.append("***");
      }
    }
    return seen.toString();
  }
}
