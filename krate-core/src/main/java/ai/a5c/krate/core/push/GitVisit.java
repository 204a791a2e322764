package ai.a5c.krate.core.push;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.RightOfWay;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.GitExchange;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.git.PushGate;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request of a Git client that was let in. What it needs the store for, and cannot have now,
 * ends it with an {@link ApiException} of {@link Problem.Unavailable}; nothing was changed then.
 */
public final class GitVisit implements GitExchange {
  private static final Logger LOG = System.getLogger(GitVisit.class.getName());

  /** What clients are told as long as the store cannot be reached. */
  static final String NO_STORE = "the store cannot be reached; nothing was changed, try again";

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
    reachable(() -> git.advertise(repository, service, protocol, head, out));
  }

  @Override
  public void fetch(@Nullable String protocol, InputStream in, OutputStream out)
      throws IOException {
    reachable(() -> git.fetch(repository, protocol, head, in, out));
  }

  @Override
  public void push(InputStream in, OutputStream out) throws IOException {
    if (gate == null) {
      throw new IllegalStateException("this client was let in to fetch");
    }
    try (RightOfWay.Pass pass = way.take()) {
      reachable(() -> git.push(repository, head, in, out, gate));
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void reachable(Work work) throws IOException {
    try {
      work.run();
    } catch (StoreUnavailableException e) {
      LOG.log(Level.WARNING, "a Git client is sent away: the store cannot be reached", e);
      throw new ApiException(new Problem.Unavailable(NO_STORE, Duration.ofSeconds(1)));
    }
  }
}
