package ai.a5c.krate.storage.postgres;

import java.util.Set;

/**
 * What a {@link PostgresStorage} is told.
 *
 * @param recordGroups the API groups on the records' side; every other is configuration
 * @param retention how much history is kept
 * @param failPoint {@link FailPoint#NONE} but in tests
 */
public record StorageSettings(Set<String> recordGroups, Retention retention, FailPoint failPoint) {
  public StorageSettings {
    recordGroups = Set.copyOf(recordGroups);
  }

  /** The settings of every day. */
  public static StorageSettings of(Set<String> recordGroups) {
    return new StorageSettings(recordGroups, Retention.DEFAULT, FailPoint.NONE);
  }

  public StorageSettings withRetention(Retention other) {
    return new StorageSettings(recordGroups, other, failPoint);
  }

  public StorageSettings withFailPoint(FailPoint other) {
    return new StorageSettings(recordGroups, retention, other);
  }
}
