package ai.a5c.krate.apiserver.authz.rbac;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.api.rbac.RoleRef;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.watch.WatchClosedException;
import ai.a5c.krate.apiserver.watch.WatchHub;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Allows what roles and bindings allow, and has no opinion of anything else. Every role and binding
 * is in memory, kept from the change log; no decision reads the store.
 *
 * <p>As long as the roles have not been read, and when it is known that something is missing, no
 * question is answered: methods throw {@link ApiException} with {@link Problem.Unavailable}. May be
 * used from many threads at once.
 */
public final class RbacIndex implements Authorizer, AutoCloseable {
  private static final Logger LOG = System.getLogger(RbacIndex.class.getName());
  private static final long PATIENCE = TimeUnit.MINUTES.toNanos(1);
  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(5);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Objects objects;
  private final RbacReader reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();

  /** What is known; null while it cannot be relied on. */
  private volatile @Nullable Holdings known;

  /** Every change up to here is in what is known. */
  private volatile long reached;

  /** What is known must have come this far to be relied on. */
  private volatile long demanded;

  private @Nullable Thread follower;
  private volatile boolean closed;

  /** Knows nothing before it is {@linkplain #start started}. */
  public RbacIndex(Objects objects) {
    this.objects = objects;
    this.reader = new RbacReader(objects);
  }

  /**
   * Reads all roles and bindings, and follows the log from there until it is closed. If the store
   * cannot be reached it goes on trying.
   *
   * @param hub the log of the configuration
   */
  public void start(WatchHub hub) {
    @Nullable Revision at = null;
    try {
      at = load();
    } catch (StoreUnavailableException | CompactedException e) {
      LOG.log(Level.WARNING, "the roles cannot be read yet", e);
    }
    Revision from = at;
    follower = Thread.ofVirtual().name("rbac-index").start(() -> follow(hub, from));
  }

  @Override
  public Decision decide(Attributes attributes) {
    return known().decide(attributes);
  }

  @Override
  public long changed(Subject subject, String namespace) {
    return known().changed(subject, namespace);
  }

  /**
   * The rules that the subject holds in the namespace, those that hold everywhere included.
   *
   * @param namespace empty for those that hold everywhere alone
   */
  public List<PolicyRule> rules(Subject subject, String namespace) {
    return known().rules(subject, namespace);
  }

  /**
   * The rules of the role that a binding refers to, if it exists.
   *
   * @param namespace of the binding; empty for a cluster role binding
   */
  public Optional<List<PolicyRule>> rules(RoleRef role, String namespace) {
    boolean cluster = role.kind().equals("ClusterRole");
    return known().rules(new RoleKey(cluster ? "" : namespace, role.name()));
  }

  /** What of the rules the subject does not hold in the namespace, in few words. */
  public List<PolicyRule> missing(Subject subject, String namespace, List<PolicyRule> rules) {
    Holdings holdings = known();
    return new Coverage(
            part -> holdings.holds(subject, namespace, part),
            (verb, path) -> holdings.holdsPath(subject, verb, path))
        .missing(rules);
  }

  /**
   * Waits until what was committed before this call is known, on whichever server it was.
   *
   * @throws ApiException Unavailable if that takes too long
   */
  public void catchUp() {
    awaitKnown(objects.configuration().head());
  }

  @Override
  public void awaitKnown(Revision revision) {
    if (!await(revision)) {
      throw unavailable();
    }
  }

  /**
   * Waits until a write is known. If that takes too long nothing is allowed any more until it is.
   */
  public void written(Revision revision) {
    if (!await(revision)) {
      lock.lock();
      try {
        demanded = Math.max(demanded, revision.value());
      } finally {
        lock.unlock();
      }
    }
  }

  /** Stops following the log. */
  @Override
  public void close() {
    closed = true;
    Thread thread = follower;
    if (thread != null) {
      thread.interrupt();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Holdings known() {
    Holdings holdings = known;
    if (holdings == null || demanded > reached) {
      throw unavailable();
    }
    return holdings;
  }

  private static ApiException unavailable() {
    return new ApiException(
        new Problem.Unavailable("the roles and bindings are still being read", RETRY));
  }

  private boolean await(Revision revision) {
    lock.lock();
    try {
      long left = LONGEST_WAIT;
      while (known == null || reached < revision.value()) {
        if (left <= 0 || closed) {
          return false;
        }
        left = grown.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private Revision load() {
    RbacReader.Loaded loaded = reader.load();
    know(loaded.holdings(), loaded.at());
    return loaded.at();
  }

  private void follow(WatchHub hub, @Nullable Revision start) {
    @Nullable Revision from = start;
    while (!closed) {
      try {
        if (from == null) {
          from = load();
        }
        follow(hub.from(from));
      } catch (WatchClosedException | InterruptedException e) {
        return;
      } catch (CompactedException | StoreUnavailableException e) {
        LOG.log(Level.WARNING, "the roles are read again: {0}", e.getMessage());
      } catch (RuntimeException e) {
        if (!closed) {
          LOG.log(Level.ERROR, "the log of roles cannot be followed; they are read again", e);
        }
      }
      if (from != null) {
        know(null, from);
        from = null;
      } else {
        pause();
      }
    }
  }

  private void follow(WatchHub.Cursor cursor) throws InterruptedException {
    try (cursor) {
      Holdings holdings = known;
      while (!closed && holdings != null) {
        for (Change change : cursor.next(PATIENCE)) {
          if (change instanceof Change.ObjectChanged changed) {
            reader.apply(holdings, changed);
          }
        }
        know(holdings, cursor.seen());
      }
    }
  }

  private void know(@Nullable Holdings holdings, Revision upTo) {
    lock.lock();
    try {
      reached = upTo.value();
      known = holdings;
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
