package ai.a5c.krate.cli;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import ai.a5c.krate.spi.storage.StoredObject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the head of the audit trail outside the database, at most a second behind, so that entries
 * that are cut off its end are missed: it reads the change log like everybody, and writes the
 * newest entry's place and hash into the data folder.
 *
 * <p>A head that the database does not have is kept as evidence and logged, and the server goes on:
 * the trail that is there is anchored anew.
 */
final class AuditAnchor implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(AuditAnchor.class.getName());
  private static final GroupResource ENTRIES = new GroupResource("krate.a5c.ai", "auditevents");
  private static final Duration PERIOD = Duration.ofMillis(250);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration LAST = Duration.ofSeconds(3);
  private static final int PAGE = 200;

  private final AnchorFile file;
  private final RecordStore records;
  private final InstantSource clock;
  private final AtomicReference<@Nullable ChangeFeed> feed = new AtomicReference<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread follower;
  private final Thread writer;
  private volatile @Nullable AnchoredHead latest;
  private volatile Revision read = Revision.ZERO;
  private @Nullable AnchoredHead written;

  private AuditAnchor(AnchorFile file, RecordStore records, InstantSource clock) {
    this.file = file;
    this.records = records;
    this.clock = clock;
    this.follower = Thread.ofVirtual().name("krate-audit-follower").unstarted(this::follow);
    this.writer = Thread.ofVirtual().name("krate-audit-anchor").unstarted(this::write);
  }

  /**
   * Looks whether the anchored entry is still there, and begins to follow the trail.
   *
   * @throws StartFailedException if the anchor cannot be read
   */
  static AuditAnchor start(AnchorFile file, RecordStore records, InstantSource clock) {
    var anchor = new AuditAnchor(file, records, clock);
    try {
      switch (file.head()) {
        case AnchorFile.Found.Missing missing -> {
          if (!file.isFresh()) {
            LOGGER.log(
                Level.ERROR,
                "the anchor of the audit trail is gone: what is in the database is anchored as it"
                    + " is, and nobody can tell what was cut off before");
          }
        }
        case AnchorFile.Found.Broken broken -> {
          var kept = file.keepBroken(clock.millis());
          LOGGER.log(
              Level.ERROR,
              "the anchor of the audit trail was not written by this server; it is kept as "
                  + kept
                  + ". Run krate audit verify.");
        }
        case AnchorFile.Found.Head(var path, AnchoredHead head) -> anchor.confirm(head);
      }
    } catch (IOException e) {
      throw new StartFailedException("The anchor of the audit trail cannot be read: " + e, e);
    }
    anchor.follower.start();
    anchor.writer.start();
    return anchor;
  }

  /** Takes the head over if the database has it; keeps it as evidence if not. */
  private void confirm(AnchoredHead head) throws IOException {
    if (isThere(head)) {
      latest = head;
      written = head;
    } else {
      lost(head, "is not in the database as it was");
    }
  }

  private boolean isThere(AnchoredHead head) {
    if (head.count() == 0) {
      return true;
    }
    Optional<StoredObject> stored =
        records.get(new Key<>(Boundary.Records.RECORDS, ENTRIES, head.namespace(), head.name()));
    return stored
        .map(object -> AuditEntry.of(object.content().toArray()))
        .filter(entry -> entry.intact() && entry.hash().equals(head.hash()))
        .isPresent();
  }

  private void lost(AnchoredHead head, String how) throws IOException {
    var kept = file.keepLost(head);
    LOGGER.log(
        Level.ERROR,
        "the audit trail is not what it was: the entry "
            + head.shown()
            + ", number "
            + head.count()
            + ", anchored at "
            + head.time()
            + ", "
            + how
            + ". Its end was cut off or written anew, or an older backup of the database was"
            + " restored. The anchor is kept as "
            + kept
            + ". Run krate audit verify.");
  }

  private void follow() {
    while (stop.getCount() > 0) {
      try {
        AnchoredHead head = latest;
        followFrom(head == null ? scanned() : head);
      } catch (CompactedException e) {
        again();
      } catch (StoreUnavailableException e) {
        LOGGER.log(Level.DEBUG, "the audit trail cannot be followed", e);
      } catch (IOException e) {
        LOGGER.log(Level.ERROR, "the anchor of the audit trail cannot be kept", e);
      } catch (InterruptedException | IllegalStateException e) {
        if (stop.getCount() > 0) {
          LOGGER.log(Level.ERROR, "the audit trail is no longer followed", e);
        }
        return;
      }
      if (pause(RETRY)) {
        return;
      }
    }
  }

  /** History is gone that was not read: what is stored is counted again. */
  private void again() {
    AnchoredHead head = latest;
    latest = null;
    try {
      if (head != null && !isThere(head)) {
        lost(head, "is not in the database as it was");
      }
    } catch (StoreUnavailableException | IOException e) {
      LOGGER.log(Level.WARNING, "the anchor of the audit trail cannot be compared", e);
      latest = head;
    }
  }

  private void followFrom(AnchoredHead head) throws IOException, InterruptedException {
    latest = head;
    Revision from =
        read.isAfter(new Revision(head.revision())) ? read : new Revision(head.revision());
    try (ChangeFeed changes = records.changes(from)) {
      feed.set(changes);
      while (stop.getCount() > 0) {
        ChangeFeed.Batch batch = changes.next();
        for (Change change : batch.changes()) {
          if (change instanceof Change.ObjectChanged changed
              && changed.type() == Change.Type.CREATED
              && changed.object().key().resource().equals(ENTRIES)) {
            next(AuditEntry.trusted(changed.object()));
          }
        }
        read = batch.upTo();
      }
    } finally {
      feed.set(null);
    }
  }

  private void next(AuditEntry entry) throws IOException {
    AnchoredHead head = latest;
    if (head == null) {
      throw new IllegalStateException("nothing is followed");
    }
    if (!entry.previous().equals(head.hash())) {
      lost(head, "is not followed by the entry " + entry.shown());
    }
    latest = head.then(entry, clock.instant());
  }

  /** The head of the trail as it is stored, when nothing is known of it. */
  private AnchoredHead scanned() {
    AuditEntry last = null;
    long count = 0;
    Revision at = null;
    ListRequest.Place after = null;
    while (true) {
      Listing page = records.list(new ListRequest(ENTRIES, null, after, PAGE, at));
      at = page.at();
      for (StoredObject object : page.objects()) {
        AuditEntry entry = AuditEntry.trusted(object);
        count++;
        if (last == null || entry.revision() > last.revision()) {
          last = entry;
        }
        after = new ListRequest.Place(object.key().namespace(), object.key().name());
      }
      if (stop.getCount() == 0) {
        throw new IllegalStateException("stopped while the trail was counted");
      }
      if (!page.more()) {
        break;
      }
    }
    read = at;
    AnchoredHead none = AnchoredHead.empty(clock.instant());
    return last == null
        ? none
        : new AnchoredHead(
            last.revision(), last.namespace(), last.name(), last.hash(), count, none.time());
  }

  private void write() {
    boolean trouble = false;
    boolean last = false;
    while (!last) {
      last = pause(PERIOD);
      trouble = flush(trouble);
    }
  }

  /** Writes what is new; whether that failed. It is logged when it begins to. */
  private boolean flush(boolean trouble) {
    AnchoredHead head = latest;
    if (head == null || head.equals(written)) {
      return trouble;
    }
    try {
      file.write(head);
      written = head;
      return false;
    } catch (IOException e) {
      if (!trouble) {
        LOGGER.log(Level.ERROR, "the anchor of the audit trail cannot be written", e);
      }
      return true;
    }
  }

  /** Whether it is time to end. */
  private boolean pause(Duration time) {
    try {
      return stop.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Reads the log to its end, for a little while, and writes the head a last time. */
  @Override
  public void close() {
    try {
      catchUp();
      stop.countDown();
      ChangeFeed open = feed.get();
      if (open != null) {
        open.close();
      }
      follower.join(LAST);
      writer.join(LAST);
      var unused = flush(false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void catchUp() throws InterruptedException {
    try {
      Revision head = records.head();
      long patience = LAST.toMillis() / 20;
      while (head.isAfter(read) && follower.isAlive() && patience-- > 0) {
        var unused = stop.await(20, TimeUnit.MILLISECONDS);
      }
    } catch (StoreUnavailableException e) {
      LOGGER.log(Level.DEBUG, "the end of the audit trail was not read", e);
    }
  }
}
