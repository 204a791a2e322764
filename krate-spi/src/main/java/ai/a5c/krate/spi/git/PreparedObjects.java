package ai.a5c.krate.spi.git;

/** Objects in quarantine that a transaction is about to let refs reach. Used by one thread. */
public interface PreparedObjects extends AutoCloseable {
  /** Makes the objects durable, ahead of the transaction that lets refs point to them. */
  void publish();

  /**
   * Keeps the published objects, because the transaction committed or may have. Without this call
   * {@link #close} discards them.
   */
  void keep();

  @Override
  void close();
}
