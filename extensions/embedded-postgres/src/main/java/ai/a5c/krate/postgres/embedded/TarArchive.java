package ai.a5c.krate.postgres.embedded;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/** Reads the POSIX ustar format: folders, files and symbolic links, which is all that we pack. */
final class TarArchive {
  private static final int BLOCK = 512;
  private static final int OWNER_MAY_EXECUTE = 0100;

  private final InputStream in;
  private final Path target;

  private TarArchive(InputStream in, Path target) {
    this.in = in;
    this.target = target;
  }

  /**
   * Unpacks everything into a folder.
   *
   * @throws IOException also if an entry would lie outside the folder or is of another type
   */
  static void unpack(InputStream in, Path target) throws IOException {
    var archive = new TarArchive(in, target);
    while (archive.unpackNext()) {}
  }

  private boolean unpackNext() throws IOException {
    byte[] header = in.readNBytes(BLOCK);
    if (header.length < BLOCK) {
      throw new EOFException("the archive ends inside a header");
    }
    if (header[0] == 0) {
      return false;
    }
    Path path = inside(name(header));
    long size = octal(header, 124, 12);
    switch (header[156]) {
      case '5' -> Files.createDirectories(path);
      case '2' -> {
        String link = text(header, 157, 100);
        inside(target.relativize(path.resolveSibling(link)).toString());
        Files.createSymbolicLink(path, Path.of(link));
      }
      case '0', 0 -> file(path, size, (octal(header, 100, 8) & OWNER_MAY_EXECUTE) != 0);
      default -> throw new IOException("an entry of unknown type: " + path);
    }
    return true;
  }

  private void file(Path path, long size, boolean executable) throws IOException {
    Path folder = path.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    try (OutputStream out = Files.newOutputStream(path)) {
      var buffer = new byte[1 << 16];
      for (long left = size; left > 0; ) {
        int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (count < 0) {
          throw new EOFException("the archive ends inside " + path);
        }
        out.write(buffer, 0, count);
        left -= count;
      }
    }
    in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
    var view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view != null) {
      view.setPermissions(PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
  }

  private Path inside(String name) throws IOException {
    Path path = target.resolve(name).normalize();
    if (!path.startsWith(target)) {
      throw new IOException("an entry outside the folder: " + name);
    }
    return path;
  }

  private static String name(byte[] header) {
    boolean ustar = text(header, 257, 5).equals("ustar");
    String prefix = ustar ? text(header, 345, 155) : "";
    String name = text(header, 0, 100);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.UTF_8);
  }

  private static long octal(byte[] header, int from, int length) throws IOException {
    String digits = text(header, from, length).trim();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new IOException("a damaged header", e);
    }
  }
}
