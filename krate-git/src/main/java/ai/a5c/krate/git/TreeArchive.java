package ai.a5c.krate.git;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * Writes the files of a commit as a POSIX pax archive: a name, a target or a size that the plain
 * header has no room for goes into an extended one before it.
 *
 * <p>It is bounded: a few small objects may stand for more files than any disk has room for.
 */
final class TreeArchive {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final long MOST_OCTAL = 0x1_ffff_ffffL;

  private final ObjectReader reader;
  private final long maxBytes;
  private long bytes;

  /**
   * An archive.
   *
   * @param maxBytes how many bytes all files may have
   */
  TreeArchive(ObjectReader reader, long maxBytes) {
    this.reader = reader;
    this.maxBytes = maxBytes;
  }

  void write(RevCommit commit, OutputStream out) throws IOException {
    long time = commit.getCommitTime();
    var budget = new TreeBudget();
    try (var walk = new TreeWalk(reader)) {
      walk.addTree(commit.getTree());
      walk.setRecursive(false);
      while (walk.next()) {
        budget.visit(walk);
        FileMode mode = walk.getFileMode(0);
        byte[] path = walk.getRawPath();
        if (mode.equals(FileMode.TREE) || mode.equals(FileMode.GITLINK)) {
          entry(out, slash(path), '5', 0755, new byte[0], 0, time);
          if (mode.equals(FileMode.TREE)) {
            walk.enterSubtree();
          }
        } else if (mode.equals(FileMode.SYMLINK)) {
          byte[] target = reader.open(walk.getObjectId(0)).getCachedBytes(1 << 16);
          entry(out, path, '2', 0777, target, 0, time);
        } else {
          file(out, path, mode.equals(FileMode.EXECUTABLE_FILE) ? 0755 : 0644, walk, time);
        }
      }
    }
    out.write(new byte[2 * BLOCK]);
  }

  private void file(OutputStream out, byte[] path, int mode, TreeWalk walk, long time)
      throws IOException {
    ObjectLoader loader = reader.open(walk.getObjectId(0));
    bytes += loader.getSize();
    if (bytes > maxBytes) {
      throw new TreeBudget.ExceededException("files of more than " + maxBytes + " bytes together");
    }
    entry(out, path, '0', mode, new byte[0], loader.getSize(), time);
    try (InputStream in = loader.openStream()) {
      in.transferTo(out);
    }
    pad(out, loader.getSize());
  }

  private static byte[] slash(byte[] path) {
    byte[] folder = new byte[path.length + 1];
    System.arraycopy(path, 0, folder, 0, path.length);
    folder[path.length] = '/';
    return folder;
  }

  private static void entry(
      OutputStream out, byte[] path, char type, int mode, byte[] target, long size, long time)
      throws IOException {
    var more = new ByteArrayOutputStream();
    if (path.length > NAME || !isAscii(path)) {
      extend(more, "path", path);
    }
    if (target.length > NAME || !isAscii(target)) {
      extend(more, "linkpath", target);
    }
    if (size > MOST_OCTAL) {
      extend(more, "size", ascii(Long.toString(size)));
    }
    if (more.size() > 0) {
      header(out, ascii("pax"), 'x', 0644, new byte[0], more.size(), time);
      more.writeTo(out);
      pad(out, more.size());
    }
    header(out, path, type, mode, target, Math.min(size, MOST_OCTAL), time);
  }

  /** A record that begins with its own length. */
  private static void extend(ByteArrayOutputStream more, String key, byte[] value) {
    int rest = key.length() + value.length + 3;
    int length = rest + Integer.toString(rest).length();
    if (rest + Integer.toString(length).length() != length) {
      length = rest + Integer.toString(length).length();
    }
    more.writeBytes(ascii(length + " " + key + "="));
    more.writeBytes(value);
    more.write('\n');
  }

  private static void header(
      OutputStream out, byte[] path, char type, int mode, byte[] target, long size, long time)
      throws IOException {
    byte[] block = new byte[BLOCK];
    put(block, 0, path, NAME);
    octal(block, 100, 8, mode);
    octal(block, 108, 8, 0);
    octal(block, 116, 8, 0);
    octal(block, 124, 12, size);
    octal(block, 136, 12, Math.max(0, time));
    block[156] = (byte) type;
    put(block, 157, target, NAME);
    put(block, 257, ascii("ustar\00000"), 8);
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(block, 148, 7, sum);
    out.write(block);
  }

  private static void put(byte[] block, int at, byte[] value, int most) {
    System.arraycopy(value, 0, block, at, Math.min(value.length, most));
  }

  private static void octal(byte[] block, int at, int length, long value) {
    put(block, at, ascii(String.format(Locale.ROOT, "%0" + (length - 1) + "o", value)), length);
    block[at + length - 1] = 0;
  }

  private static void pad(OutputStream out, long size) throws IOException {
    int over = (int) (size % BLOCK);
    if (over > 0) {
      out.write(new byte[BLOCK - over]);
    }
  }

  private static boolean isAscii(byte[] text) {
    for (byte b : text) {
      if (b < ' ') {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
