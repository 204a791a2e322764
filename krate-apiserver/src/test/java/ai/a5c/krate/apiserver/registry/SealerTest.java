package ai.a5c.krate.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.house.TestKeys;
import ai.a5c.krate.spi.seal.SealBrokenException;
import org.junit.jupiter.api.Test;

class SealerTest {
  private final Sealer sealer = new Sealer(new TestKeys());

  @Test
  void whatIsSealedOpensAtItsPlace() {
    Sealer.Sealed sealed = sealer.seal(Bytes.utf8("hush"), "vaults/team/v");

    assertThat(sealer.open(sealed.content(), sealed.keyId(), "vaults/team/v").utf8())
        .isEqualTo("hush");
    assertThat(sealed.content().utf8()).doesNotContain("hush");
    assertThat(sealed.keyId()).isEqualTo("test");
  }

  @Test
  void theSameTextIsSealedDifferentlyEachTime() {
    assertThat(sealer.seal(Bytes.utf8("hush"), "p").content())
        .isNotEqualTo(sealer.seal(Bytes.utf8("hush"), "p").content());
  }

  @Test
  void aSealedDocumentCannotBeMoved() {
    Sealer.Sealed sealed = sealer.seal(Bytes.utf8("hush"), "vaults/team/v");

    assertThatThrownBy(() -> sealer.open(sealed.content(), sealed.keyId(), "vaults/team/w"))
        .isInstanceOf(SealBrokenException.class);
  }

  @Test
  void everyChangedByteBreaksTheSeal() {
    Sealer.Sealed sealed = sealer.seal(Bytes.utf8("hush"), "p");
    for (int i = 0; i < sealed.content().size(); i++) {
      byte[] changed = sealed.content().toArray();
      changed[i] ^= 1;
      assertThatThrownBy(() -> sealer.open(Bytes.owning(changed), sealed.keyId(), "p"))
          .as("byte " + i)
          .isInstanceOf(SealBrokenException.class);
    }
  }

  @Test
  void everyShorterDocumentIsBroken() {
    byte[] content = sealer.seal(Bytes.utf8("hush"), "p").content().toArray();
    for (int i = 0; i < content.length; i++) {
      Bytes cut = Bytes.owning(java.util.Arrays.copyOf(content, i));
      assertThatThrownBy(() -> sealer.open(cut, "test", "p"))
          .isInstanceOf(SealBrokenException.class);
    }
  }
}
