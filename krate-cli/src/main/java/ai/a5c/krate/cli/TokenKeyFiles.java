package ai.a5c.krate.cli;

import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.token.KeyFiles;
import ai.a5c.krate.spi.token.TokenKeysException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The keys of the token service, as files of the data folder that only their owner may read. */
final class TokenKeyFiles implements KeyFiles {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]+(\\.[a-z0-9]+)*");
  private static final long LONGEST = 64 * 1024;

  private final Path folder;

  TokenKeyFiles(Path folder) {
    this.folder = folder;
  }

  @Override
  public List<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> NAME.matcher(name).matches())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw failed("read", folder, e);
    }
  }

  @Override
  public Secret read(String name) {
    Path file = file(name);
    try {
      if (Files.size(file) > LONGEST) {
        throw new IOException("it is longer than " + LONGEST + " bytes");
      }
      return Secret.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw failed("read", file, e);
    }
  }

  @Override
  public void write(String name, Secret content) {
    Path file = file(name);
    try {
      DurableFile.writeSecret(file, content.reveal());
    } catch (IOException e) {
      throw failed("written", file, e);
    }
  }

  @Override
  public void delete(String name) {
    Path file = file(name);
    try {
      if (Files.deleteIfExists(file)) {
        DurableFile.force(folder);
      }
    } catch (IOException e) {
      throw failed("removed", file, e);
    }
  }

  private Path file(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("no name of a key: " + name);
    }
    return folder.resolve(name);
  }

  private static TokenKeysException failed(String what, Path file, IOException cause) {
    return new TokenKeysException(
        "The keys of tokens cannot be " + what + ": " + file + ": " + cause.getMessage(), cause);
  }
}
