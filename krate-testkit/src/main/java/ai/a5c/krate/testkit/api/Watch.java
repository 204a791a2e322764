package ai.a5c.krate.testkit.api;

import ai.a5c.krate.api.ApiResponse;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A watch that is read in the background. */
final class Watch implements AutoCloseable {
  /** More than any rule makes; a server that sends more breaks the rule. */
  private static final int MOST_EVENTS = 100_000;

  private final ApiResponse response;
  private final Duration patience;
  private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>(MOST_EVENTS);
  private final Thread reader;

  private sealed interface Frame {
    record Line(Event event) implements Frame {}

    record End(String why) implements Frame {}
  }

  /** One event. */
  record Event(String type, JsonObject object) {
    String name() {
      return Json.text(object, "metadata/name");
    }

    long revision() {
      return Long.parseLong(Json.text(object, "metadata/resourceVersion"));
    }

    @Override
    public String toString() {
      return type + " " + name() + "@" + Json.text(object, "metadata/resourceVersion");
    }
  }

  Watch(ApiResponse response, Duration patience) {
    this.response = response;
    this.patience = patience;
    this.reader = Thread.ofVirtual().name("watch").start(this::read);
  }

  private void read() {
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          JsonObject event = Json.parse(line.strip());
          frames.add(
              new Frame.Line(new Event(Json.text(event, "type"), event.getJsonObject("object"))));
        }
      }
      frames.add(new Frame.End("it ended"));
    } catch (IOException | RuntimeException e) {
      frames.add(new Frame.End(e.toString()));
    }
  }

  /** The next event, which must come soon. */
  Event next() throws InterruptedException {
    return switch (frame()) {
      case Frame.Line(Event event) -> event;
      case Frame.End(String why) -> throw new AssertionError("no further event: " + why);
    };
  }

  /** Every event up to the first that is wanted, which must come soon. */
  List<Event> until(Predicate<Event> wanted) throws InterruptedException {
    List<Event> events = new ArrayList<>();
    do {
      events.add(next());
    } while (!wanted.test(events.getLast()));
    return events;
  }

  /** Every event until the server ends the watch, which must be soon. */
  List<Event> untilEnd() throws InterruptedException {
    List<Event> events = new ArrayList<>();
    while (frame() instanceof Frame.Line(Event event)) {
      events.add(event);
    }
    return events;
  }

  private Frame frame() throws InterruptedException {
    Frame frame = frames.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (frame == null) {
      throw new AssertionError("nothing came within " + patience);
    }
    return frame;
  }

  @Override
  public void close() {
    response.close();
    reader.interrupt();
  }
}
