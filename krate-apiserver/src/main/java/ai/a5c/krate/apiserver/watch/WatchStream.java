package ai.a5c.krate.apiserver.watch;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.problem.Status;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.watch.WatchFrames.EventType;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import ai.a5c.krate.spi.storage.StoredObject;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The body of a watch: blocks until there is something to read, and gives what there is.
 *
 * <p>A quiet watch gives a single space now and then: whoever writes it to a client thereby learns
 * that the client is gone. It is white space between JSON texts (RFC 8259), which every client
 * skips.
 */
public final class WatchStream extends InputStream {
  private static final int CHUNK = 64 * 1024;
  private static final long KEEP_ALIVE = TimeUnit.SECONDS.toNanos(15);
  private static final long BOOKMARK_EVERY = TimeUnit.SECONDS.toNanos(60);
  private static final long RIGHT_EVERY = TimeUnit.SECONDS.toNanos(3);
  private static final long BOOKMARK_BEFORE_END = TimeUnit.SECONDS.toNanos(2);

  private final WatchHub.Cursor cursor;
  private final Objects objects;
  private final WatchFilter filter;
  private final WatchFrames frames;
  private final Iterator<StoredObject> initial;
  private final boolean withState;
  private final Bookmarks bookmarks;
  private final WatchRight right;
  private final LongSupplier nanos;
  private final long end;
  private long nextDecision;
  private long nextBookmark;
  private long lastWrite;
  private byte[] pending = new byte[0];
  private int offset;
  private Phase phase = Phase.INITIAL;

  private enum Phase {
    INITIAL,
    LIVE,
    ENDED
  }

  /** Which bookmarks the client asked for. */
  public enum Bookmarks {
    NONE,
    PERIODIC,
    /** Periodic ones, and one that ends the initial events. */
    PERIODIC_AND_INITIAL_END
  }

  /**
   * What a watch reads.
   *
   * @param cursor after the initial state
   * @param state the objects that the watch begins with, filtered; null for a watch from a revision
   */
  public record Source(
      WatchHub.Cursor cursor, @Nullable Iterator<StoredObject> state, Objects objects) {}

  /**
   * How long a watch goes on.
   *
   * @param lasting at most
   * @param right ends it earlier; asked every few seconds
   * @param nanos a ticker
   */
  public record Terms(Duration lasting, WatchRight right, LongSupplier nanos) {}

  /** A watch. */
  public WatchStream(
      Source source, WatchFilter filter, WatchFrames frames, Bookmarks bookmarks, Terms terms) {
    this.cursor = source.cursor();
    Iterator<StoredObject> state = source.state();
    this.withState = state != null;
    this.initial = state == null ? Collections.emptyIterator() : state;
    this.objects = source.objects();
    this.filter = filter;
    this.frames = frames;
    this.bookmarks = bookmarks;
    this.right = terms.right();
    this.nanos = terms.nanos();
    long now = nanos.getAsLong();
    this.end = now + terms.lasting().toNanos();
    this.nextDecision = now + RIGHT_EVERY;
    this.lastWrite = now;
    this.nextBookmark = nextBookmark(now);
  }

  @Override
  public int read() throws InterruptedIOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int from, int length) throws InterruptedIOException {
    while (offset == pending.length) {
      if (phase == Phase.ENDED) {
        return -1;
      }
      pending = produce();
      offset = 0;
    }
    int count = Math.min(length, pending.length - offset);
    System.arraycopy(pending, offset, target, from, count);
    offset += count;
    return count;
  }

  @Override
  public void close() {
    cursor.close();
  }

  /** The next bytes; none if only time has passed. */
  private byte[] produce() throws InterruptedIOException {
    try {
      Optional<Problem> lost = lost();
      if (lost.isPresent()) {
        return fail(lost.get());
      }
      return phase == Phase.INITIAL ? initialEvents() : liveEvents();
    } catch (WatchClosedException | StoreUnavailableException e) {
      // The client comes back and goes on from where it is.
      phase = Phase.ENDED;
      return new byte[0];
    } catch (CompactedException e) {
      return fail(
          new Problem.Expired(
              "too old resource version: history up to " + e.floor() + " is gone", ""));
    } catch (ApiException e) {
      return fail(e.problem());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the watch was interrupted");
    } catch (RuntimeException e) {
      phase = Phase.ENDED;
      return frames.fault(e).toArray();
    }
  }

  private Optional<Problem> lost() {
    long now = nanos.getAsLong();
    if (now - nextDecision < 0) {
      return Optional.empty();
    }
    nextDecision = now + RIGHT_EVERY;
    return right.lost();
  }

  private byte[] initialEvents() {
    var out = new ByteArrayOutputStream();
    while (initial.hasNext() && out.size() < CHUNK) {
      write(out, frames.event(EventType.ADDED, initial.next()));
    }
    if (!initial.hasNext()) {
      phase = Phase.LIVE;
      if (withState && bookmarks != Bookmarks.NONE) {
        boolean endsInitial = bookmarks == Bookmarks.PERIODIC_AND_INITIAL_END;
        write(out, frames.bookmark(cursor.seen(), endsInitial));
      }
    }
    return out.toByteArray();
  }

  private byte[] liveEvents() throws InterruptedException {
    long now = nanos.getAsLong();
    if (now - end >= 0) {
      phase = Phase.ENDED;
      return new byte[0];
    }
    var out = new ByteArrayOutputStream();
    long next = Math.min(nextDecision - now, nextBookmark - now);
    long pause = Math.min(KEEP_ALIVE, Math.min(end - now, Math.max(0, next)));
    for (Change change : cursor.next(pause)) {
      if (change instanceof Change.ObjectChanged changed && filter.admits(changed.object().key())) {
        event(out, changed);
      }
    }
    now = nanos.getAsLong();
    if (now - nextBookmark >= 0) {
      if (bookmarks != Bookmarks.NONE) {
        write(out, frames.bookmark(cursor.seen(), false));
      }
      nextBookmark = nextBookmark(now);
    }
    if (out.size() == 0 && now - lastWrite >= KEEP_ALIVE) {
      out.write(' ');
    }
    if (out.size() > 0) {
      lastWrite = now;
    }
    return out.toByteArray();
  }

  /** A minute from now, or shortly before the end, so that the client can go on from there. */
  private long nextBookmark(long now) {
    long last = end - BOOKMARK_BEFORE_END;
    return last - now > 0 ? now + Math.min(BOOKMARK_EVERY, last - now) : end;
  }

  /** Selectors are asked about the state before and after: objects come into view and leave it. */
  private void event(ByteArrayOutputStream out, Change.ObjectChanged changed) {
    StoredObject previous = changed.previous();
    boolean was = previous != null && selects(previous);
    switch (changed.type()) {
      case CREATED, UPDATED -> {
        boolean is = selects(changed.object());
        if (is) {
          write(out, frames.event(was ? EventType.MODIFIED : EventType.ADDED, changed.object()));
        } else if (was && previous != null) {
          write(out, frames.event(EventType.DELETED, atRevision(previous, changed)));
        }
      }
      case DELETED -> {
        if (previous == null || was) {
          write(out, frames.event(EventType.DELETED, changed.object()));
        }
      }
    }
  }

  /** The object as it was, at the revision of the change that took it out of view. */
  private StoredObject atRevision(StoredObject previous, Change.ObjectChanged changed) {
    Kind kind = filter.kind();
    ApiObject object = objects.read(kind, previous);
    Bytes content =
        Json.write(
            object.withText(changed.revision().toString(), "metadata", "resourceVersion").json());
    return new StoredObject(
        previous.key(), changed.revision(), content, previous.storageVersion(), null);
  }

  private boolean selects(StoredObject object) {
    return filter.selector() == null || filter.selects(objects.read(filter.kind(), object));
  }

  private byte[] fail(Problem problem) {
    phase = Phase.ENDED;
    return frames.error(Status.of(problem)).toArray();
  }

  private static void write(ByteArrayOutputStream out, Bytes frame) {
    out.writeBytes(frame.toArray());
  }
}
