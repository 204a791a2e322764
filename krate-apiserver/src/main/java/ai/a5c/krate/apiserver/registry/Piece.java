package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.meta.Bytes;

/** What a {@link Readout.Reading} has to give. */
public sealed interface Piece {
  /**
   * The next bytes.
   *
   * @param bytes at least one
   */
  record Some(Bytes bytes) implements Piece {}

  /** Nothing yet; there may be more. */
  record Quiet() implements Piece {}

  /** There will be no more: everything was given. */
  record End() implements Piece {}
}
