package ai.a5c.krate.executor.process;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The beginning of what was said, and what is done when it was. */
final class Excerpt extends OutputStream {
  private final int most;
  private final Runnable then;
  private final ByteArrayOutputStream begin = new ByteArrayOutputStream();

  /**
   * Nothing yet.
   *
   * @param then done each time that something is said
   */
  Excerpt(int most, Runnable then) {
    this.most = most;
    this.then = then;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    begin.write(bytes, offset, Math.min(length, most - begin.size()));
    then.run();
  }

  synchronized boolean isEmpty() {
    return begin.size() == 0;
  }

  @Override
  public synchronized String toString() {
    return begin.toString(StandardCharsets.UTF_8).strip().replace("\n", "; ");
  }
}
