package ai.a5c.krate.postgres.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.spi.database.DatabaseFailedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinariesTest {
  @TempDir Path folder;

  @Test
  void everyMachineHasAnArtifact() {
    assertThat(Binaries.Platform.of("Linux", "amd64").resource())
        .isEqualTo("postgres-linux-x86_64.txz");
    assertThat(Binaries.Platform.of("Linux", "aarch64").artifact()).isEqualTo("linux-arm64v8");
    assertThat(Binaries.Platform.of("Mac OS X", "aarch64").artifact()).isEqualTo("darwin-arm64v8");
    assertThat(Binaries.Platform.of("Windows 11", "amd64").artifact()).isEqualTo("windows-amd64");
  }

  @Test
  void anUnknownMachineIsToldWhatToDo() {
    assertThatThrownBy(() -> Binaries.Platform.of("Linux", "s390x"))
        .isInstanceOf(DatabaseFailedException.class)
        .hasMessageContaining("name a database of your own");
  }

  @Test
  void anArchiveCannotWriteOutsideItsFolder() {
    assertThatThrownBy(() -> unpack("../escaped", '0', ""))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("outside");
    assertThatThrownBy(() -> unpack("link", '2', "../../escaped"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("outside");
    assertThat(folder.resolve("escaped")).doesNotExist();
  }

  @Test
  void aTruncatedArchiveIsNotTakenForAWholeOne() {
    byte[] header = entry("file", '0', "", 1_000);
    assertThatThrownBy(() -> TarArchive.unpack(new ByteArrayInputStream(header), folder))
        .isInstanceOf(IOException.class);
  }

  private void unpack(String name, char type, String link) throws IOException {
    byte[] archive = Arrays.copyOf(entry(name, type, link, 0), 1_024);
    TarArchive.unpack(new ByteArrayInputStream(archive), folder.resolve("inside"));
  }

  private static byte[] entry(String name, char type, String link, int size) {
    var header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644");
    put(header, 124, Integer.toOctalString(size));
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar");
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
