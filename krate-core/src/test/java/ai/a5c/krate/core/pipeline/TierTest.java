package ai.a5c.krate.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.api.git.RefName;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Trusted is what is a branch's or tag's own, and nothing that only looks like it. */
class TierTest {
  @Provide
  Arbitrary<String> refs() {
    return Arbitraries.oneOf(
        Arbitraries.of(
            "refs/heads/main",
            "refs/tags/v1",
            "refs/pull/1/head",
            "refs/heads/refs/pull/1/head",
            "refs/notes/x",
            "main",
            "HEAD",
            "",
            "refs/heads/",
            "refs/heads/../pull/1/head",
            "refs/heads/x/../../pull/1/head",
            "refs//heads/main",
            "Refs/Heads/main",
            "refs/headsmain"),
        Arbitraries.strings().withChars("refshadtgpul/.1@{}~ ").ofMaxLength(30),
        Arbitraries.strings().ascii().ofMaxLength(20).map(s -> "refs/heads/" + s));
  }

  @Property
  void codeIsTrustedByItsProvenanceAlone(
      @ForAll("refs") String ref,
      @ForAll boolean fork,
      @ForAll boolean exists,
      @ForAll boolean reachable) {
    Tier tier = Tier.of(new Tier.Code(ref, fork, exists, reachable));
    boolean own =
        RefName.parse(ref).isPresent()
            && (ref.startsWith("refs/heads/") || ref.startsWith("refs/tags/"));
    assertThat(tier.tier() == TrustTier.TRUSTED).isEqualTo(own && !fork && exists && reachable);
    assertThat(tier.reason()).isNotBlank();
  }

  @Property
  void aTrustedPoolRunsTrustedCodeAlone(@ForAll TrustTier pool, @ForAll TrustTier code) {
    assertThat(PipelineStrategy.mayRun(pool, code))
        .isEqualTo(pool == TrustTier.UNTRUSTED || code == TrustTier.TRUSTED);
    assertThat(PipelineStrategy.mayRun(pool, null)).isFalse();
  }
}
