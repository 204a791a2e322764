package ai.a5c.krate.executor.process;

import ai.a5c.krate.spi.executor.ExecutorFailedException;
import java.io.IOException;
import java.io.OutputStream;

/** Passes on a number of bytes and refuses more. */
final class Bounded extends OutputStream {
  private final OutputStream target;
  private final long most;
  private long written;

  Bounded(OutputStream target, long most) {
    this.target = target;
    this.most = most;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    written += length;
    if (written > most) {
      throw new ExecutorFailedException("the workspace is larger than " + Amounts.size(most));
    }
    target.write(bytes, offset, length);
  }
}
