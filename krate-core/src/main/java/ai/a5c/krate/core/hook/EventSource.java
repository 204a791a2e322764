package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.core.forge.LogFollower;
import ai.a5c.krate.core.forge.RightOfWay;
import ai.a5c.krate.spi.storage.Change;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows the log from its durable position: makes drafts of what happened, and tells the
 * dispatcher of deliveries that were asked for, changed subscriptions and changed secrets.
 *
 * <p>The position moves on only after the deliveries are stored, and their names are always the
 * same: what is read again after a crash is stored once.
 */
final class EventSource implements LogFollower.Reader, AutoCloseable {
  private static final Logger LOG = System.getLogger(EventSource.class.getName());
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration SAVE_EVERY = Duration.ofMillis(250);
  private static final int SAVE_AFTER = 1_000;
  private static final Duration ROOM = Duration.ofMillis(100);

  /** After so many drafts the forge's other work gets a turn, and pushes this long. */
  private static final int IN_A_ROW = 32;

  private static final Duration AWAY = Duration.ofMillis(5);

  private final HookKinds kinds;
  private final ApiServer server;
  private final EventMapper mapper;
  private final PushData pushes;
  private final Subscribers subscribers;
  private final LogPosition position;
  private final Cache<String, String> organizations;
  private final Unstored unstored;
  private final Desk desk;
  private final SigningKeys keys;
  private final Dispatcher dispatcher;
  private final SubscriptionStatuses statuses;
  private final RightOfWay way;
  private final LogFollower follower;
  private @Nullable Revision at;
  private Revision saved = Revision.ZERO;
  private long savedAt;
  private int inARow;
  private @Nullable Revision loaded;
  private volatile boolean closed;

  EventSource(
      HookKinds kinds,
      ApiServer server,
      PushData pushes,
      Unstored unstored,
      Desk desk,
      SigningKeys keys,
      Dispatcher dispatcher,
      SubscriptionStatuses statuses,
      RightOfWay way) {
    this.kinds = kinds;
    this.server = server;
    this.pushes = pushes;
    this.mapper = new EventMapper(kinds, server.objects());
    this.subscribers = new Subscribers(kinds, server.objects());
    this.position = new LogPosition(server.objects().records());
    this.unstored = unstored;
    this.desk = desk;
    this.keys = keys;
    this.dispatcher = dispatcher;
    this.statuses = statuses;
    this.way = way;
    this.organizations = new Cache<>(this::organization);
    this.follower = new LogFollower("hook-source", server.hubs().all(), this);
  }

  void start() {
    follower.start();
  }

  /** Ends the reading and waits for it. */
  void stop() {
    closed = true;
    follower.close();
  }

  /** Saves what is stored by now. */
  @Override
  public void close() {
    stop();
    try {
      save(at);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the position in the log was not saved: {0}", e.getMessage());
    }
  }

  @Override
  public Revision begin() {
    if (loaded == null) {
      loaded = dispatcher.load();
    }
    Revision from = at;
    if (from == null) {
      from = position.read();
      saved = from;
    }
    subscribers.load(from);
    desk.forget(any -> true);
    keys.forget(any -> true);
    organizations.forget(any -> true);
    at = from;
    subscribers.names().forEach(statuses::touch);
    beginWhenCaughtUp();
    return from;
  }

  @Override
  public void lost(Revision floor) {
    Revision head = server.objects().records().head();
    LOG.log(
        Level.ERROR,
        "the log was discarded up to {0} before its events were told; going on at {1}",
        floor,
        head);
    at = head;
  }

  @Override
  public void read(List<Change> changes, Revision upTo) throws InterruptedException {
    for (Change change : changes) {
      read(change);
      at = change.revision();
      save();
    }
    at = upTo;
    beginWhenCaughtUp();
    dispatcher.sweep();
    save();
  }

  /** What a crash left unstored comes before some of what it left stored. */
  private void beginWhenCaughtUp() {
    if (hasCaughtUp()) {
      dispatcher.begin();
    }
  }

  private boolean hasCaughtUp() {
    Revision reached = at;
    Revision known = loaded;
    return reached != null && known != null && !known.isAfter(reached);
  }

  private void read(Change change) throws InterruptedException {
    switch (change) {
      case Change.RefMoved moved ->
          draft(
              subscribers
                  .repository(moved.repository())
                  .filter(repository -> !subscribers.of(repository.namespace()).isEmpty())
                  .map(repository -> events(moved, repository))
                  .orElse(List.of()));
      case Change.ObjectChanged changed -> {
        GroupResource resource = changed.object().key().resource();
        if (mapper.tellsOf(resource)) {
          if (!subscribers.of(changed.object().key().namespace()).isEmpty()) {
            draft(events(changed));
          }
          subscribers.apply(changed);
        } else if (resource.equals(kinds.subscription().resource())) {
          subscription(changed);
        } else if (resource.equals(kinds.secret().resource())) {
          secret(name(changed));
        } else if (resource.equals(kinds.namespace().resource())) {
          organizations.forget(changed.object().key().name()::equals);
        } else if (resource.equals(kinds.delivery().resource())) {
          delivery(changed);
        }
      }
    }
  }

  private String organization(String namespace) {
    return server
        .objects()
        .get(kinds.namespace(), "", namespace)
        .map(found -> found.labels().getOrDefault(Deliveries.ORGANIZATION_LABEL, ""))
        .orElse("");
  }

  private List<Event> events(Change.ObjectChanged changed) {
    try {
      return mapper.of(changed);
    } catch (IllegalArgumentException e) {
      LOG.log(Level.ERROR, "no events of revision " + changed.revision(), e);
      return List.of();
    }
  }

  private List<Event> events(Change.RefMoved moved, ObjectName repository) {
    return EventMapper.of(
        moved,
        repository,
        () -> pushes.whole(moved, repository),
        event -> subscribers.of(event.namespace()).stream().anyMatch(s -> s.wants(event)));
  }

  private void draft(List<Event> events) throws InterruptedException {
    for (Event event : events) {
      List<Subscriber> wanting =
          subscribers.of(event.namespace()).stream().filter(some -> some.wants(event)).toList();
      if (!wanting.isEmpty()) {
        draft(Letter.of(event, organizations.get(event.namespace())), wanting);
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // A virtual thread leaves its carrier only so.
  private void draft(Letter letter, List<Subscriber> wanting) throws InterruptedException {
    for (Subscriber subscriber : wanting) {
      inARow++;
      if (inARow > IN_A_ROW) {
        way.give(AWAY);
        Thread.yield();
        inARow = 1;
      }
      Draft draft = Draft.of(letter, subscriber, server.environment().nanos().getAsLong());
      if (!isStored(draft)) {
        while (!unstored.add(draft, ROOM)) {
          if (closed) {
            throw new InterruptedException();
          }
          dispatcher.sweep();
        }
        dispatcher.take(draft);
      }
    }
  }

  /** Whether an event that was read before the server started had come to that. */
  private boolean isStored(Draft draft) {
    Revision known = loaded;
    return known != null
        && !draft.letter().revision().isAfter(known)
        && desk.delivery(draft.name()).isPresent();
  }

  private void subscription(Change.ObjectChanged changed) {
    ObjectName name = name(changed);
    Optional<Subscriber> before = subscribers.get(name);
    subscribers.apply(changed);
    Optional<Subscriber> after = subscribers.get(name);
    if (!after.equals(before)) {
      desk.forget(name::equals);
      dispatcher.nudge(name);
      statuses.touch(name);
    }
    if (after.isEmpty()) {
      dispatcher.forget(name);
    }
  }

  private void secret(ObjectName secret) {
    keys.forget(secret.namespace()::equals);
    for (Subscriber subscriber : subscribers.of(secret.namespace())) {
      if (subscriber.secrets().contains(secret.name())) {
        dispatcher.nudge(subscriber.name());
        statuses.touch(subscriber.name());
      }
    }
  }

  /** Somebody asked for a delivery; those of events are known. */
  private void delivery(Change.ObjectChanged changed) {
    Revision known = loaded;
    if (!changed.actor().equals(HookRoom.SUBJECT)
        && changed.type() == Change.Type.CREATED
        && known != null
        && changed.revision().isAfter(known)) {
      dispatcher.offer(changed.object());
    }
  }

  /** Saves the position now and then. */
  private void save() {
    long now = server.environment().nanos().getAsLong();
    Revision reached = stored(at);
    if (reached != null
        && (reached.value() - saved.value() >= SAVE_AFTER
            || now - savedAt > SAVE_EVERY.toNanos())) {
      save(reached);
      savedAt = now;
    }
  }

  private @Nullable Revision stored(@Nullable Revision read) {
    return read == null ? null : unstored.storedUpTo(read);
  }

  private void save(@Nullable Revision read) {
    Revision reached = stored(read);
    if (reached != null && reached.isAfter(saved)) {
      position.advance(reached);
      saved = reached;
    }
  }

  @Override
  public Duration patience() {
    Revision reached = at;
    boolean more = !hasCaughtUp() || (reached != null && reached.isAfter(saved));
    return more ? SAVE_EVERY : IDLE;
  }

  private static ObjectName name(Change.ObjectChanged changed) {
    return new ObjectName(changed.object().key().namespace(), changed.object().key().name());
  }
}
