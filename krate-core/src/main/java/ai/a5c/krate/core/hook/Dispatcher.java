package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The lanes of all subscriptions: each has one for events, and one for what somebody asked for,
 * which does not wait for the events. May be used from many threads at once.
 */
final class Dispatcher implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Desk desk;
  private final DeliveryWriter writer;
  private final Lane.Stop stop;
  private final Consumer<ObjectName> progressed;
  private final Environment environment;
  private final Map<ObjectName, Lanes> lanes = new ConcurrentHashMap<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("hook-lane-", 0).factory());

  /** The lanes of one subscription. */
  private record Lanes(Track track, Lane events, Lane asked) {}

  /**
   * A dispatcher without lanes.
   *
   * @param progressed told of subscriptions whose number of pending deliveries has changed
   */
  Dispatcher(
      Desk desk,
      DeliveryWriter writer,
      Lane.Stop stop,
      Consumer<ObjectName> progressed,
      Environment environment) {
    this.desk = desk;
    this.writer = writer;
    this.stop = stop;
    this.progressed = progressed;
    this.environment = environment;
  }

  /**
   * Takes up every delivery that is not finished.
   *
   * @return the revision at which they were read: later ones are to be offered
   */
  Revision load() {
    Listing page = desk.deliveries(null, null, null);
    Revision at = page.at();
    while (true) {
      page.objects().forEach(this::offer);
      if (!page.more() || page.objects().isEmpty()) {
        return at;
      }
      StoredObject last = page.objects().getLast();
      var after = new ListRequest.Place(last.key().namespace(), last.key().name());
      page = desk.deliveries(null, after, at);
    }
  }

  /** Lets the lanes of events begin: what comes before the stored deliveries is known. */
  void begin() {
    ready.countDown();
  }

  /** Takes up a stored delivery, if there is something to be done for it. */
  void offer(StoredObject delivery) {
    JsonObject json = Json.stored(delivery.content());
    if (Deliveries.isUnfinished(json)) {
      var subscription =
          new ObjectName(delivery.key().namespace(), JsonTree.textAt(json, "spec", "subscription"));
      Lanes found = lanes(subscription);
      if (Deliveries.isAsked(json)) {
        found.asked().offer(Place.ofAsked(new ApiObject(json)));
      } else {
        found.events().offer(Place.ofEvent(delivery.key().name()));
      }
      progressed.accept(subscription);
    }
  }

  /** Takes up a draft, which is newer than everything there is of its subscription. */
  void take(Draft draft) {
    lanes(draft.subscriber().name()).events().take(draft);
  }

  /** Has drafts stored that do not get on. */
  void sweep() {
    lanes.values().forEach(found -> found.events().sweep());
  }

  /** Tells a subscription's lane that something changed which makes waiting pointless. */
  void nudge(ObjectName subscription) {
    Lanes found = lanes.get(subscription);
    if (found != null) {
      found.events().nudge();
      found.asked().nudge();
    }
  }

  /** Forgets what is known of a subscription that is gone, unless there is something left to do. */
  void forget(ObjectName subscription) {
    lanes.computeIfPresent(
        subscription,
        (name, found) -> found.events().isIdle() && found.asked().isIdle() ? null : found);
  }

  Lane.Stats stats(ObjectName subscription) {
    Lanes found = lanes.get(subscription);
    return found == null
        ? new Lane.Stats(0, null)
        : new Lane.Stats(
            found.events().pending() + found.asked().pending(), found.track().progress());
  }

  /** How many deliveries of a subscription wait that somebody asked for. */
  int asked(ObjectName subscription) {
    Lanes found = lanes.get(subscription);
    return found == null ? 0 : found.asked().pending();
  }

  /** Tells the lanes to end, without waiting for them. */
  void stop() {
    begin();
    threads.shutdown();
    lanes
        .values()
        .forEach(
            found -> {
              found.events().close();
              found.asked().close();
            });
  }

  /** Ends the lanes and waits for them. */
  @Override
  public void close() {
    stop();
    try {
      if (!threads.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private Lanes lanes(ObjectName subscription) {
    return lanes.computeIfAbsent(
        subscription,
        name -> {
          var track = new Track();
          return new Lanes(
              track,
              lane(name, track, new Backlog(Backlog.WINDOW), this::whenReady),
              lane(name, track, new Backlog(Integer.MAX_VALUE), threads));
        });
  }

  private Lane lane(ObjectName subscription, Track track, Backlog backlog, Executor runner) {
    return new Lane(subscription, track, backlog, desk, writer, stop, runner, environment);
  }

  private void whenReady(Runnable lane) {
    threads.execute(
        () -> {
          try {
            ready.await();
            lane.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }
}
