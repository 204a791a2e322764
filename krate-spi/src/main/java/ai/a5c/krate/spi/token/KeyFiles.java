package ai.a5c.krate.spi.token;

import ai.a5c.krate.api.meta.Secret;
import java.util.List;

/**
 * Where a service keeps its keys: small files that only their owner may read. A name is of lower
 * case letters, digits and dots. Methods block.
 */
public interface KeyFiles {
  /**
   * The names of all files, sorted.
   *
   * @throws TokenKeysException if they cannot be read
   */
  List<String> names();

  /**
   * The content of a file.
   *
   * @throws TokenKeysException if it cannot be read
   */
  Secret read(String name);

  /**
   * Writes or replaces a file, so that after a crash there is the old content or the new; once it
   * returns, the new.
   *
   * @throws TokenKeysException if it cannot be written
   */
  void write(String name, Secret content);

  /**
   * Removes a file, if it is there.
   *
   * @throws TokenKeysException if it cannot be removed
   */
  void delete(String name);
}
