package ai.a5c.krate.core.push;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.RightOfWay;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.GitExchange;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.git.PushGate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** One request of a Git client that was let in. */
public final class GitVisit implements GitExchange {
  private final GitBackend git;
  private final Uid repository;
  private final RefName head;
  private final @Nullable PushGate gate;
  private final RightOfWay way;

  GitVisit(GitBackend git, ApiObject repository, @Nullable PushGate gate, RightOfWay way) {
    this.git = git;
    this.way = way;
    this.repository = repository.uid();
    this.head = Repositories.head(repository);
    this.gate = gate;
  }

  @Override
  public void advertise(@Nullable String protocol, OutputStream out) throws IOException {
    GitService service = gate == null ? GitService.UPLOAD_PACK : GitService.RECEIVE_PACK;
    git.advertise(repository, service, protocol, head, out);
  }

  @Override
  public void fetch(@Nullable String protocol, InputStream in, OutputStream out)
      throws IOException {
    git.fetch(repository, protocol, head, in, out);
  }

  @Override
  public void push(InputStream in, OutputStream out) throws IOException {
    if (gate == null) {
      throw new IllegalStateException("this client was let in to fetch");
    }
    try (RightOfWay.Pass pass = way.take()) {
      git.push(repository, head, in, out, gate);
    }
  }
}
