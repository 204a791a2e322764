package ai.a5c.krate.core.tenants;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.Comparison;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import ai.a5c.krate.spi.git.PushGate;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Repositories without anything in them, for tests that look at records alone. */
final class NoGit implements GitBackend {
  @Override
  public void create(Uid repository) {}

  @Override
  public void delete(Uid repository) {}

  @Override
  public void advertise(
      Uid repository,
      GitService service,
      @Nullable String protocol,
      RefName head,
      OutputStream out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void fetch(
      Uid repository, @Nullable String protocol, RefName head, InputStream in, OutputStream out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void push(Uid repository, RefName head, InputStream in, OutputStream out, PushGate gate) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MergeAttempt merge(Uid repository, MergeRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Comparison> compare(Uid repository, ObjectId target, ObjectId head) {
    return Optional.empty();
  }

  @Override
  public boolean contains(Uid repository, ObjectId commit, ObjectId ancestor) {
    return false;
  }

  @Override
  public void export(Uid repository, RefName head, Path folder) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
