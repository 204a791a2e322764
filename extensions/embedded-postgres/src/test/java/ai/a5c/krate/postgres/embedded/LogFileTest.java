package ai.a5c.krate.postgres.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
  @TempDir Path folder;

  @Test
  void aFullLogIsPutAsideAndItsWriterGoesOnInTheEmptyFile() throws Exception {
    Path file = folder.resolve("postgres.log");
    try (var writer =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      writer.write(new byte[(int) LogFile.LARGEST + 1]);

      new LogFile(file).rotate();
      writer.write('x');
    }
    assertThat(file).hasSize(1);
    assertThat(folder.resolve("postgres.log.1")).hasSize(LogFile.LARGEST + 1);
  }

  @Test
  void aSmallLogStays() throws Exception {
    Path file = Files.writeString(folder.resolve("postgres.log"), "hello");

    new LogFile(file).rotate();

    assertThat(file).hasContent("hello");
    assertThat(LogFile.tail(file)).isEqualTo("hello");
  }
}
