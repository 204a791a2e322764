package ai.a5c.krate.spi.blob;

/** What became of an append. */
public sealed interface AppendOutcome {
  /** How many bytes the stream had when this was decided. */
  long length();

  /**
   * The chunk is stored durably, right after what was there before.
   *
   * @param length of the stream with it
   */
  record Appended(long length) implements AppendOutcome {}

  /**
   * Nothing was stored: the stream does not end where the writer thinks it does. A writer that is
   * alone has stored this chunk already if the stream ends behind it; otherwise somebody else
   * writes.
   *
   * @param length of the stream as it is
   */
  record Elsewhere(long length) implements AppendOutcome {}
}
