package ai.a5c.krate.spi.storage;

/**
 * A place in a template that only the committer can fill, because the value exists only once
 * commits are in order.
 *
 * <p>Operations are named by their index in the transaction, from 0, and must be of the kind that
 * has the value.
 */
public sealed interface Slot {
  /** The revision of a Put, Delete, MoveRef or Append of this transaction, in decimal. */
  record RevisionOf(int operation) implements Slot {}

  /** The value of a counter after an Add of this transaction, in decimal. */
  record ValueOf(int operation) implements Slot {}

  /**
   * In the document of an Append: the hash of the entry before it in the stream, in lower-case
   * hexadecimal; 64 zeros in the first entry.
   */
  record PreviousHash() implements Slot {}

  /**
   * In the document of an Append: the SHA-256 of the complete document with this slot read as 64
   * zeros, in lower-case hexadecimal.
   */
  record Hash() implements Slot {}
}
