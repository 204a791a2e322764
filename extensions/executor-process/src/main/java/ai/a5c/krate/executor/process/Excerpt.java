package ai.a5c.krate.executor.process;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The beginning of what was said. */
final class Excerpt extends OutputStream {
  private final int most;
  private final ByteArrayOutputStream begin = new ByteArrayOutputStream();

  Excerpt(int most) {
    this.most = most;
  }

  @Override
  public synchronized void write(int b) {
    if (begin.size() < most) {
      begin.write(b);
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    begin.write(bytes, offset, Math.min(length, most - begin.size()));
  }

  synchronized boolean isEmpty() {
    return begin.size() == 0;
  }

  @Override
  public synchronized String toString() {
    return begin.toString(StandardCharsets.UTF_8).strip().replace("\n", "; ");
  }
}
