package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.meta.Revision;

/** What a Put or Require expects to find under its key; anything else rejects the transaction. */
public sealed interface Expected {
  /** Nothing is stored there. */
  record Absent() implements Expected {}

  /** The object stored there was written at exactly this revision. */
  record At(Revision revision) implements Expected {}

  static Expected absent() {
    return new Absent();
  }

  static Expected at(Revision revision) {
    return new At(revision);
  }
}
