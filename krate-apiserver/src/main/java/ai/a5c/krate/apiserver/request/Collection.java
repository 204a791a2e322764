package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.apiserver.wire.ListMeta;

/**
 * What a list, or a deletion of a collection, reads: a snapshot, and how to go on after it. Used by
 * one thread.
 */
record Collection(Snapshot snapshot, ContinueSeal.Bound seal) {
  /** The metadata of a list that ends where the snapshot is by now. */
  ListMeta meta() {
    String token =
        snapshot.rest().map(place -> seal.seal(new ContinueToken(snapshot.at(), place))).orElse("");
    return new ListMeta(snapshot.at().toString(), token, null);
  }
}
