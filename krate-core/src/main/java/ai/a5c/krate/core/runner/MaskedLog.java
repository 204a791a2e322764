package ai.a5c.krate.core.runner;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a step prints on its way into the log: without its secrets, and with its end remembered.
 * Used by one thread.
 */
final class MaskedLog extends OutputStream {
  private static final int PIECE = 1 << 16;

  private final OutputStream log;
  private final Mask mask;
  private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
  private byte[] tail = new byte[0];

  MaskedLog(OutputStream log, Masker masker) {
    this.log = log;
    this.mask = new Mask(masker);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    for (int done = 0; done < length; done += PIECE) {
      mask.pass(bytes, from + done, Math.min(PIECE, length - done), passed);
      giveOn();
    }
  }

  /** A line of Krate's own, after what was printed before. */
  void note(String line) throws IOException {
    drain();
    write(("[krate] " + line + "\n").getBytes(StandardCharsets.UTF_8));
    drain();
  }

  /** Gives on what may have been the beginning of a secret: nothing of the step follows. */
  void drain() throws IOException {
    mask.end(passed);
    giveOn();
  }

  /** The end of what was printed. */
  String tail() {
    return new String(tail, StandardCharsets.UTF_8);
  }

  private void giveOn() throws IOException {
    if (passed.size() > 0) {
      byte[] bytes = passed.toByteArray();
      passed.reset();
      remember(bytes);
      log.write(bytes, 0, bytes.length);
    }
  }

  private void remember(byte[] bytes) {
    int most = FailureSignature.TAIL_BYTES;
    if (bytes.length >= most) {
      tail = Arrays.copyOfRange(bytes, bytes.length - most, bytes.length);
      return;
    }
    int kept = Math.min(tail.length, most - bytes.length);
    byte[] next =
        Arrays.copyOf(
            Arrays.copyOfRange(tail, tail.length - kept, tail.length), kept + bytes.length);
    System.arraycopy(bytes, 0, next, kept, bytes.length);
    tail = next;
  }
}
