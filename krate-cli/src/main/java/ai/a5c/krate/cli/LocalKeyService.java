package ai.a5c.krate.cli;

import ai.a5c.krate.core.LocalKeys;
import ai.a5c.krate.spi.seal.KeyService;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;

/** The keys of a data folder, without which sealed documents cannot be read. */
final class LocalKeyService {
  private LocalKeyService() {}

  /**
   * Reads the keys of a file, which is made with one key if it is missing.
   *
   * @throws StartFailedException if the file cannot be read or written, or holds something else
   */
  static KeyService open(Path file, SecureRandom random) {
    try {
      return LocalKeys.open(file, random);
    } catch (UncheckedIOException e) {
      throw new StartFailedException("The keys in " + file + " cannot be used: " + e.getCause(), e);
    } catch (IllegalStateException e) {
      throw new StartFailedException(String.valueOf(e.getMessage()), e);
    }
  }
}
