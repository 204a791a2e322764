package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.watch.WatchHub;
import java.util.List;

/** The change logs of both sides of the storage boundary. */
public record Hubs(WatchHub configuration, WatchHub records) implements AutoCloseable {
  /** The log in which the kind's changes are. */
  public WatchHub of(Kind kind) {
    return switch (kind.boundary()) {
      case CONFIGURATION -> configuration;
      case RECORDS -> records;
    };
  }

  public List<WatchHub> all() {
    return List.of(configuration, records);
  }

  @Override
  public void close() {
    configuration.close();
    records.close();
  }
}
