package ai.a5c.krate.core.runner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailureSignatureTest {
  @Test
  void whatDiffersBetweenRunsDoesNotMatter() {
    String one =
        FailureSignature.of(
            "test",
            1,
            "2026-01-02T03:04:05Z running\nFooTest.bar(FooTest.java:12) at /tmp/a1b2/x\n"
                + "commit deadbeef01 took 31 ms\n");
    String other =
        FailureSignature.of(
            "test",
            1,
            "2027-11-12T13:14:15Z running\n\nFooTest.bar(FooTest.java:99) at /var/w/y/z\n"
                + "\u001b[31mcommit 00ff00ff00 took 2 ms\u001b[0m\n");
    assertThat(one).isEqualTo(other).matches("[0-9a-f]{16}");
  }

  @Test
  void stepCodeAndWordsDo() {
    String one = FailureSignature.of("test", 1, "no such file\n");
    assertThat(FailureSignature.of("build", 1, "no such file\n")).isNotEqualTo(one);
    assertThat(FailureSignature.of("test", 2, "no such file\n")).isNotEqualTo(one);
    assertThat(FailureSignature.of("test", null, "no such file\n")).isNotEqualTo(one);
    assertThat(FailureSignature.of("test", 1, "no such class\n")).isNotEqualTo(one);
  }

  @Test
  void aLongLineOfAnythingIsNotSlow() {
    assertThat(FailureSignature.of("test", 1, "/a".repeat(4_000))).hasSize(16);
    assertThat(FailureSignature.of("test", 1, "a1".repeat(4_000))).hasSize(16);
  }
}
