package ai.a5c.krate.postgres.embedded;

import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.database.DatabaseFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * One folder with all that belongs to one embedded PostgreSQL.
 *
 * @param home the folder, as a real path
 */
record Installation(Path home, Binaries binaries, Account account) {
  static final String USER = "krate";
  private static final int PASSWORD_BYTES = 24;

  Path data() {
    return home.resolve("data");
  }

  LogFile log() {
    return new LogFile(home.resolve("postgres.log"));
  }

  Secret password() throws IOException {
    return Secret.of(Files.readString(passwordFile()).strip());
  }

  /** Creates the data folder the first time, and checks that these binaries can open it. */
  void prepareData() throws IOException, InterruptedException {
    if (Files.isDirectory(data())) {
      check();
      return;
    }
    if (!Files.exists(passwordFile())) {
      writePassword();
    }
    Path unfinished = home.resolve("data.unfinished");
    Folders.delete(unfinished);
    account.own(home);
    Command.run(
        account.command(
            List.of(
                binaries.program("initdb"),
                "--pgdata=" + unfinished,
                "--username=" + USER,
                "--auth=scram-sha-256",
                "--pwfile=" + passwordFile(),
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums",
                "--no-instructions")),
        home.resolve("initdb.log"));
    Folders.rename(unfinished, data());
  }

  private void check() throws IOException {
    String version = Files.readString(data().resolve("PG_VERSION")).strip();
    if (!version.equals(Integer.toString(binaries.majorVersion()))) {
      throw new DatabaseFailedException(
          (data() + " was written by PostgreSQL " + version)
              + (" and this is " + binaries.majorVersion() + ": upgrade it with pg_upgrade, or")
              + " start the Krate that wrote it");
    }
    if (!Files.exists(passwordFile())) {
      throw new DatabaseFailedException(
          "the password of the database in "
              + (home + " is gone: put the file " + passwordFile() + " back from a backup"));
    }
  }

  private Path passwordFile() {
    return home.resolve("password");
  }

  private void writePassword() throws IOException {
    var random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    Path unfinished = home.resolve("password.unfinished");
    Files.deleteIfExists(unfinished);
    boolean posix = home.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (var channel = FileChannel.open(unfinished, options, ownerOnly)) {
      byte[] text = HexFormat.of().formatHex(random).getBytes(StandardCharsets.US_ASCII);
      ByteBuffer rest = ByteBuffer.wrap(text);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    Folders.rename(unfinished, passwordFile());
  }
}
