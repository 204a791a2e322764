package ai.a5c.krate.core.runner;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * One stream of bytes from which secrets are taken out, wherever it is cut into pieces. Holds back
 * no more than what may be the beginning of a secret. Used by one thread.
 */
final class Mask {
  private static final byte[] HIDDEN = {'*', '*', '*'};

  private final Masker masker;
  private int state;

  /** What was read and not given on yet, and which of it is hidden. */
  private byte[] held = new byte[256];

  private boolean[] hidden = new boolean[256];
  private int size;

  /** Where the hidden run begins that ends last. */
  private int runStart;

  private int runEnd;

  /** Whether the last byte that was given on stood for a hidden one. */
  private boolean inHidden;

  Mask(Masker masker) {
    this.masker = masker;
  }

  /** Reads further bytes, and gives on what is certain now. */
  void pass(byte[] bytes, int from, int length, ByteArrayOutputStream out) {
    int end = from + length;
    int at = from;
    while (at < end) {
      if (state == 0) {
        release(size, out);
        int plain = at;
        while (at < end) {
          state = masker.next(0, bytes[at]);
          if (state != 0) {
            break;
          }
          at++;
        }
        if (at > plain) {
          inHidden = false;
          out.write(bytes, plain, at - plain);
        }
        if (at < end) {
          hold(bytes[at++]);
        }
      } else {
        state = masker.next(state, bytes[at]);
        hold(bytes[at++]);
      }
      if (state != 0 && size > 2 * masker.depth(state) + 4096) {
        release(size - masker.depth(state), out);
      }
    }
    release(size - masker.depth(state), out);
  }

  /** Gives on what was held back: nothing follows. */
  void end(ByteArrayOutputStream out) {
    release(size, out);
    state = 0;
  }

  private void hold(byte b) {
    if (size == held.length) {
      held = Arrays.copyOf(held, size * 2);
      hidden = Arrays.copyOf(hidden, size * 2);
    }
    held[size] = b;
    hidden[size] = false;
    size++;
    int length = masker.match(state);
    if (length > 0) {
      hide(size - length);
    }
  }

  /** Hides what is held from there on; what was hidden before is not gone through again. */
  private void hide(int from) {
    if (from > runEnd) {
      runStart = from;
      runEnd = from;
    }
    if (from < runStart) {
      Arrays.fill(hidden, from, runStart, true);
      runStart = from;
    }
    Arrays.fill(hidden, runEnd, size, true);
    runEnd = size;
  }

  private void release(int count, ByteArrayOutputStream out) {
    if (count <= 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      if (!hidden[i]) {
        out.write(held[i]);
        inHidden = false;
      } else if (!inHidden) {
        out.write(HIDDEN, 0, HIDDEN.length);
        inHidden = true;
      }
    }
    System.arraycopy(held, count, held, 0, size - count);
    System.arraycopy(hidden, count, hidden, 0, size - count);
    size -= count;
    runStart = Math.max(0, runStart - count);
    runEnd = Math.max(0, runEnd - count);
  }
}
