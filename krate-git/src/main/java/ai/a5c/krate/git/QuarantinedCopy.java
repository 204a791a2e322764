package ai.a5c.krate.git;

import ai.a5c.krate.spi.git.GitUnavailableException;
import ai.a5c.krate.spi.git.PreparedObjects;
import java.io.IOException;

/** Objects that were copied into a quarantine. */
final class QuarantinedCopy implements PreparedObjects {
  private static final System.Logger LOG = System.getLogger(QuarantinedCopy.class.getName());

  private final QuarantineFolder folder;
  private final DraftMerge.Closing closing;
  private boolean closed;

  QuarantinedCopy(QuarantineFolder folder, DraftMerge.Closing closing) {
    this.folder = folder;
    this.closing = closing;
  }

  @Override
  public void publish() {
    try {
      folder.publish();
    } catch (IOException e) {
      throw new GitUnavailableException("cannot keep copied objects", e);
    }
  }

  @Override
  public void keep() {
    try {
      folder.keep();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a mark of a copy is left until the next start", e);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    boolean withdrawn = folder.willWithdraw();
    try {
      folder.close();
    } catch (IOException e) {
      throw new GitUnavailableException("cannot discard copied objects", e);
    } finally {
      closing.closed(withdrawn);
    }
  }
}
