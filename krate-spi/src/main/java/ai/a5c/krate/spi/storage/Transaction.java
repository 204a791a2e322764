package ai.a5c.krate.spi.storage;

import java.util.List;

/**
 * Operations that are committed together or not at all.
 *
 * @param actor who causes the changes, copied to each of them; opaque to the store
 * @param operations at least one; no two on the same key or the same ref, Require and RequireRef
 *     included
 */
public record Transaction<B extends Boundary>(String actor, List<Operation<B>> operations) {
  public Transaction {
    operations = List.copyOf(operations);
    if (operations.isEmpty()) {
      throw new IllegalArgumentException("a transaction has at least one operation");
    }
  }
}
