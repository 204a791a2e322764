package ai.a5c.krate.jwt;

import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.token.KeyFiles;
import ai.a5c.krate.spi.token.TokenKeysException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Key files that outlive the service, but not the test; the disk can be full. */
final class MemoryKeys implements KeyFiles {
  final Map<String, Secret> files = new ConcurrentSkipListMap<>();
  volatile boolean full;

  @Override
  public List<String> names() {
    return List.copyOf(files.keySet());
  }

  @Override
  public Secret read(String name) {
    Secret content = files.get(name);
    if (content == null) {
      throw new TokenKeysException("there is no " + name);
    }
    return content;
  }

  @Override
  public void write(String name, Secret content) {
    if (full) {
      throw new TokenKeysException("the disk is full");
    }
    files.put(name, content);
  }

  @Override
  public void delete(String name) {
    files.remove(name);
  }

  /** The files with a key that can sign. */
  List<String> signing() {
    return files.entrySet().stream()
        .filter(file -> file.getValue().revealText().contains("\"d\":"))
        .map(Map.Entry::getKey)
        .toList();
  }
}
