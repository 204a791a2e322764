package ai.a5c.krate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The command {@code krate} from the classes under test, so that nothing is built for it. */
final class Launcher {
  private Launcher() {}

  /** Writes it, and says where it is. */
  static Path write(Path file) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String script =
        """
        #!/bin/sh
        exec '%s' -XX:TieredStopAtLevel=1 -Xmx128m -cp '%s' %s "$@"
        """
            .formatted(java, System.getProperty("java.class.path"), Main.class.getName());
    Files.writeString(file, script);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
