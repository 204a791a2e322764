package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.core.forge.LogFollower;
import ai.a5c.krate.spi.storage.Change;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows the log from its durable position: makes deliveries of what happened, and tells the
 * dispatcher of new deliveries, changed subscriptions and changed secrets.
 *
 * <p>The position moves on only after the deliveries are stored, and their names are always the
 * same: what is read again after a crash is made once.
 */
final class EventSource implements LogFollower.Reader, AutoCloseable {
  private static final Logger LOG = System.getLogger(EventSource.class.getName());
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration SAVE_EVERY = Duration.ofMillis(250);
  private static final int SAVE_AFTER = 1_000;
  private static final int MOST_DRAFTS = 256;

  private final HookKinds kinds;
  private final ApiServer server;
  private final EventMapper mapper;
  private final PushData pushes;
  private final Subscribers subscribers;
  private final LogPosition position;
  private final DeliveryWriter writer;
  private final Dispatcher dispatcher;
  private final SubscriptionStatuses statuses;
  private final LogFollower follower;
  private @Nullable Revision at;
  private Revision saved = Revision.ZERO;
  private long savedAt;
  private @Nullable Revision loaded;

  EventSource(
      HookKinds kinds,
      ApiServer server,
      PushData pushes,
      DeliveryWriter writer,
      Dispatcher dispatcher,
      SubscriptionStatuses statuses) {
    this.kinds = kinds;
    this.server = server;
    this.pushes = pushes;
    this.mapper = new EventMapper(kinds, server.objects());
    this.subscribers = new Subscribers(kinds, server.objects());
    this.position = new LogPosition(server.objects().records());
    this.writer = writer;
    this.dispatcher = dispatcher;
    this.statuses = statuses;
    this.follower = new LogFollower("hook-source", server.hubs().all(), this);
  }

  void start() {
    follower.start();
  }

  /** Ends the reading and waits for it. */
  @Override
  public void close() {
    follower.stop();
    writer.close();
    follower.close();
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
    at = from;
    subscribers.names().forEach(statuses::touch);
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
    read(changes);
    at = upTo;
    save();
  }

  private void read(List<Change> changes) throws InterruptedException {
    List<DeliveryWriter.Draft> drafts = new ArrayList<>();
    for (Change change : changes) {
      read(change, drafts);
      if (drafts.size() >= MOST_DRAFTS) {
        writer.write(drafts);
        drafts.clear();
      }
    }
    writer.write(drafts);
  }

  private void read(Change change, List<DeliveryWriter.Draft> drafts) {
    switch (change) {
      case Change.RefMoved moved ->
          subscribers
              .repository(moved.repository())
              .filter(repository -> !subscribers.of(repository.namespace()).isEmpty())
              .ifPresent(repository -> draft(events(moved, repository), drafts));
      case Change.ObjectChanged changed -> {
        GroupResource resource = changed.object().key().resource();
        if (mapper.tellsOf(resource)) {
          if (!subscribers.of(changed.object().key().namespace()).isEmpty()) {
            draft(events(changed), drafts);
          }
          subscribers.apply(changed);
        } else if (resource.equals(kinds.subscription().resource())) {
          subscription(changed);
        } else if (resource.equals(kinds.secret().resource())) {
          secret(name(changed));
        } else if (resource.equals(kinds.delivery().resource())) {
          delivery(changed);
        }
      }
    }
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

  private void draft(List<Event> events, List<DeliveryWriter.Draft> drafts) {
    for (Event event : events) {
      for (Subscriber subscriber : subscribers.of(event.namespace())) {
        if (subscriber.wants(event)) {
          drafts.add(new DeliveryWriter.Draft(event, subscriber));
        }
      }
    }
  }

  private void subscription(Change.ObjectChanged changed) {
    ObjectName name = name(changed);
    Optional<Subscriber> before = subscribers.get(name);
    subscribers.apply(changed);
    Optional<Subscriber> after = subscribers.get(name);
    if (!after.equals(before)) {
      dispatcher.nudge(name);
      statuses.touch(name);
    }
    if (after.isEmpty()) {
      dispatcher.forget(name);
    }
  }

  private void secret(ObjectName secret) {
    for (Subscriber subscriber : subscribers.of(secret.namespace())) {
      if (subscriber.secrets().contains(secret.name())) {
        dispatcher.nudge(subscriber.name());
        statuses.touch(subscriber.name());
      }
    }
  }

  private void delivery(Change.ObjectChanged changed) {
    Revision known = loaded;
    if (changed.type() == Change.Type.CREATED
        && known != null
        && changed.revision().isAfter(known)) {
      dispatcher.offer(changed.object());
    }
  }

  /** Saves the position now and then. */
  private void save() {
    long now = server.environment().nanos().getAsLong();
    Revision reached = at;
    if (reached != null
        && (reached.value() - saved.value() >= SAVE_AFTER
            || now - savedAt > SAVE_EVERY.toNanos())) {
      save(reached);
      savedAt = now;
    }
  }

  private void save(@Nullable Revision reached) {
    if (reached != null && reached.isAfter(saved)) {
      position.advance(reached);
      saved = reached;
    }
  }

  @Override
  public Duration patience() {
    Revision reached = at;
    return reached != null && reached.isAfter(saved) ? SAVE_EVERY : IDLE;
  }

  private static ObjectName name(Change.ObjectChanged changed) {
    return new ObjectName(changed.object().key().namespace(), changed.object().key().name());
  }
}
