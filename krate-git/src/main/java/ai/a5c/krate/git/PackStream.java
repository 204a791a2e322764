package ai.a5c.krate.git;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.util.NB;

/**
 * The stream of a pack whose header has been looked at before the parser sees it: the parser
 * allocates for as many objects as the header declares.
 */
final class PackStream extends FilterInputStream {
  private static final int HEADER = 12;

  private final int maxObjects;
  private byte[] header = new byte[0];
  private int given;
  private boolean checked;

  PackStream(InputStream in, int maxObjects) {
    super(in);
    this.maxObjects = maxObjects;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (!checked) {
      checkHeader();
    }
    int left = Math.min(length, header.length - given);
    if (left > 0) {
      System.arraycopy(header, given, buffer, offset, left);
      given += left;
      return left;
    }
    return in.read(buffer, offset, length);
  }

  private void checkHeader() throws IOException {
    checked = true;
    header = in.readNBytes(HEADER);
    if (header.length < HEADER) {
      return;
    }
    long objects = NB.decodeUInt32(header, 8);
    if (objects > maxObjects) {
      throw new PackProtocolException(
          "the pack declares " + objects + " objects, more than the limit of " + maxObjects);
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
