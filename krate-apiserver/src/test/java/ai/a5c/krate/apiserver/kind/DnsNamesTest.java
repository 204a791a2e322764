package ai.a5c.krate.apiserver.kind;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class DnsNamesTest {
  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

  @Property(tries = 500)
  void namesAreThoseOfTheirForms(
      @ForAll
          @CharRange(from = 'y', to = '{')
          @CharRange(from = '/', to = ':')
          @Chars({'-', '.', 'A', '\u0663'})
          @StringLength(max = 6)
          String name) {
    assertThat(DnsNames.isLabel(name)).isEqualTo(name.matches(LABEL));
    assertThat(DnsNames.isSubdomain(name)).isEqualTo(name.matches(LABEL + "(\\." + LABEL + ")*"));
  }

  @Test
  void namesAreNotTooLong() {
    assertThat(DnsNames.isLabel("a".repeat(63))).isTrue();
    assertThat(DnsNames.isLabel("a".repeat(64))).isFalse();
    assertThat(DnsNames.isSubdomain("a".repeat(253))).isTrue();
    assertThat(DnsNames.isSubdomain("a".repeat(254))).isFalse();
  }
}
