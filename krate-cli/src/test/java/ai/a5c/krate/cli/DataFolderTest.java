package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.seal.SealBrokenException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "::1");

  private final SecureRandom random = new SecureRandom();

  @TempDir Path temporary;

  private Pki pki(DataFolder folder, Instant now, Set<String> hosts) {
    return Pki.open(folder, hosts, InstantSource.fixed(now), random);
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void nobodyElseCanReadTheFolderOrItsSecrets() throws Exception {
    Path root = temporary.resolve("a/krate-data");
    try (var folder = DataFolder.open(root)) {
      pki(folder, NOW, HOSTS).writeKubeconfig("https://127.0.0.1:6443");
      LocalKeyService.open(folder.keys().resolve("sealing.keys"), random);
      assertThat(mode(root)).isEqualTo("rwx------");
      assertThat(mode(folder.keys())).isEqualTo("rwx------");
      assertThat(mode(folder.adminKubeconfig())).isEqualTo("rw-------");
      assertThat(mode(folder.adminKey())).isEqualTo("rw-------");
      assertThat(mode(folder.keys().resolve("ca.key"))).isEqualTo("rw-------");
      assertThat(mode(folder.keys().resolve("server.key"))).isEqualTo("rw-------");
      assertThat(mode(folder.keys().resolve("sealing.keys"))).isEqualTo("rw-------");
      assertThat(mode(folder.caCertificate())).isEqualTo("rw-r--r--");
    }
  }

  @Test
  void anOpenFolderIsClosedToOthers() throws Exception {
    Path root =
        Files.createDirectory(
            temporary.resolve("open"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    DataFolder.open(root).close();
    assertThat(mode(root)).isEqualTo("rwx------");
  }

  @Test
  void aSecondHolderIsRefusedUntilTheFirstGivesBack() {
    var first = DataFolder.open(temporary);
    assertThatThrownBy(() -> DataFolder.open(temporary))
        .isInstanceOf(StartFailedException.class)
        .hasMessageContaining(temporary.toString())
        .hasMessageContaining("process " + ProcessHandle.current().pid());
    first.close();
    DataFolder.open(temporary).close();
  }

  @Test
  void aFolderThatIsAFileIsRefused() throws Exception {
    Path file = Files.createFile(temporary.resolve("file"));
    assertThatThrownBy(() -> DataFolder.open(file))
        .isInstanceOf(StartFailedException.class)
        .hasMessageContaining("--data-dir");
  }

  @Test
  void aRestartFindsTheSameCertificates() {
    X509Certificate authority;
    X509Certificate server;
    try (var folder = DataFolder.open(temporary)) {
      authority = pki(folder, NOW, HOSTS).authorityCertificate();
      server = pki(folder, NOW, HOSTS).serverCredential().certificate();
    }
    try (var folder = DataFolder.open(temporary)) {
      Pki again = pki(folder, NOW.plus(Duration.ofDays(200)), HOSTS);
      assertThat(again.authorityCertificate()).isEqualTo(authority);
      assertThat(again.serverCredential().certificate()).isEqualTo(server);
    }
  }

  @Test
  void aCertificateIsRenewedBeforeItExpires() throws Exception {
    try (var folder = DataFolder.open(temporary)) {
      Pki first = pki(folder, NOW, HOSTS);
      String admin = Files.readString(folder.adminCertificate());
      Pki later = pki(folder, NOW.plus(Duration.ofDays(300)), HOSTS);
      assertThat(later.authorityCertificate()).isEqualTo(first.authorityCertificate());
      assertThat(later.serverCredential().certificate())
          .isNotEqualTo(first.serverCredential().certificate());
      assertThat(Files.readString(folder.adminCertificate())).isNotEqualTo(admin);
      later.serverCredential().certificate().verify(first.authorityCertificate().getPublicKey());
    }
  }

  @Test
  void anAuthorityIsRenewedWithItsKeySoThatClientsGoOnTrusting() throws Exception {
    try (var folder = DataFolder.open(temporary)) {
      Pki first = pki(folder, NOW, HOSTS);
      Pki later = pki(folder, NOW.plus(Duration.ofDays(3600)), HOSTS);
      assertThat(later.authorityCertificate()).isNotEqualTo(first.authorityCertificate());
      assertThat(later.authorityCertificate().getPublicKey())
          .isEqualTo(first.authorityCertificate().getPublicKey());
    }
  }

  @Test
  void aNewHostGetsIntoTheCertificate() throws Exception {
    try (var folder = DataFolder.open(temporary)) {
      pki(folder, NOW, HOSTS);
      Pki moved = pki(folder, NOW, Set.of("localhost", "forge.example.org", "fd00::7"));
      assertThat(
              moved.serverCredential().certificate().getSubjectAlternativeNames().stream()
                  .map(name -> name.get(1).toString()))
          .containsExactlyInAnyOrder("localhost", "forge.example.org", "fd00:0:0:0:0:0:0:7");
      Pki again = pki(folder, NOW, Set.of("localhost", "forge.example.org", "fd00::7"));
      assertThat(again.serverCredential().certificate())
          .isEqualTo(moved.serverCredential().certificate());
    }
  }

  @Test
  void halvesThatDoNotFitAreMadeAgain() throws Exception {
    try (var folder = DataFolder.open(temporary)) {
      pki(folder, NOW, HOSTS);
      Files.copy(
          folder.keys().resolve("server.key"),
          folder.adminKey(),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      pki(folder, NOW, HOSTS);
      assertThat(Credential.read(folder.adminCertificate(), folder.adminKey()))
          .hasValueSatisfying(admin -> assertThat(admin.fits()).isTrue());
    }
  }

  @Test
  void keysOpenWhatTheyWrappedAfterARestartAndNothingElse() throws Exception {
    Path file = temporary.resolve("sealing.keys");
    var keys = LocalKeyService.open(file, random);
    Secret dataKey = Secret.of("0123456789abcdef0123456789abcdef");
    String id = keys.currentKeyId();
    Bytes wrapped = keys.wrap(id, dataKey, "secrets/acme/token");
    var again = LocalKeyService.open(file, random);
    assertThat(again.unwrap(id, wrapped, "secrets/acme/token")).isEqualTo(dataKey);
    assertThat(wrapped.toArray())
        .isNotEqualTo(keys.wrap(id, dataKey, "secrets/acme/token").toArray());

    assertThatThrownBy(() -> again.unwrap(id, wrapped, "secrets/acme/other"))
        .isInstanceOf(SealBrokenException.class);
    assertThatThrownBy(() -> again.unwrap("other", wrapped, "secrets/acme/token"))
        .isInstanceOf(SealBrokenException.class);
    byte[] altered = wrapped.toArray();
    altered[altered.length - 1] ^= 1;
    assertThatThrownBy(() -> again.unwrap(id, Bytes.copyOf(altered), "secrets/acme/token"))
        .isInstanceOf(SealBrokenException.class);
    assertThatThrownBy(() -> again.unwrap(id, Bytes.EMPTY, "secrets/acme/token"))
        .isInstanceOf(SealBrokenException.class);
  }

  @Test
  void aNewKeyAtTheEndOfTheFileBecomesCurrentAndTheOldOneStillOpens() throws Exception {
    Path file = temporary.resolve("sealing.keys");
    var old = LocalKeyService.open(file, random);
    Secret dataKey = Secret.of("k");
    Bytes wrapped = old.wrap(old.currentKeyId(), dataKey, "c");
    Files.writeString(
        file,
        Files.readString(file)
            + "second "
            + java.util.Base64.getEncoder().encodeToString(new byte[32])
            + "\n");
    var rotated = LocalKeyService.open(file, random);
    assertThat(rotated.currentKeyId()).isEqualTo("second");
    assertThat(rotated.unwrap(old.currentKeyId(), wrapped, "c")).isEqualTo(dataKey);
  }

  @Test
  void aDamagedKeyFileIsNeverReplaced() throws Exception {
    Path file = Files.writeString(temporary.resolve("sealing.keys"), "x y\n");
    assertThatThrownBy(() -> LocalKeyService.open(file, random))
        .isInstanceOf(StartFailedException.class)
        .hasMessageContaining("backup");
    assertThat(file).hasContent("x y\n");
  }
}
