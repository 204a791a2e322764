package ai.a5c.krate.core.tenants;

import ai.a5c.krate.spi.git.GitBackend;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.Set;

/** Repositories without anything in them, for tests that look at records alone. */
final class NoGit {
  private static final Set<String> DONE = Set.of("create", "delete", "close");

  private NoGit() {}

  /** Makes and removes nothing, compares nothing, and can do nothing else. */
  static GitBackend backend() {
    return (GitBackend)
        Proxy.newProxyInstance(
            NoGit.class.getClassLoader(),
            new Class<?>[] {GitBackend.class},
            (proxy, method, arguments) -> {
              if (method.getReturnType().equals(Optional.class)) {
                return Optional.empty();
              }
              if (DONE.contains(method.getName())) {
                return null;
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }
}
