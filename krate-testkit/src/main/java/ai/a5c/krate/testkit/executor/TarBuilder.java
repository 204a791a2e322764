package ai.a5c.krate.testkit.executor;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Writes tar archives (POSIX ustar), hostile ones too. */
public final class TarBuilder {
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public TarBuilder file(String name, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    entry(name, '0', "", bytes.length, 0644);
    out.writeBytes(bytes);
    out.writeBytes(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
    return this;
  }

  public TarBuilder program(String name, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    entry(name, '0', "", bytes.length, 0755);
    out.writeBytes(bytes);
    out.writeBytes(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
    return this;
  }

  public TarBuilder folder(String name) {
    return entry(name, '5', "", 0, 0755);
  }

  public TarBuilder symbolicLink(String name, String target) {
    return entry(name, '2', target, 0, 0777);
  }

  public TarBuilder hardLink(String name, String target) {
    return entry(name, '1', target, 0, 0644);
  }

  /** The device that is like {@code /dev/mem}. */
  public TarBuilder device(String name) {
    return entry(name, '3', "", 0, 0666);
  }

  /** The head of a file that says how long it is, without the file. */
  public TarBuilder head(String name, long size) {
    return entry(name, '0', "", size, 0644);
  }

  public InputStream stream() {
    var whole = new ByteArrayOutputStream();
    whole.writeBytes(out.toByteArray());
    whole.writeBytes(new byte[2 * BLOCK]);
    return new ByteArrayInputStream(whole.toByteArray());
  }

  private TarBuilder entry(String name, char type, String target, long size, int mode) {
    var block = new byte[BLOCK];
    put(block, 0, name);
    put(block, 100, "%07o".formatted(mode));
    put(block, 108, "0000000");
    put(block, 116, "0000000");
    put(block, 124, "%011o".formatted(size));
    put(block, 136, "00000000000");
    put(block, 148, "        ");
    put(block, 156, String.valueOf(type));
    put(block, 157, target);
    put(block, 257, "ustar");
    put(block, 263, "00");
    put(block, 329, "0000001");
    put(block, 337, "0000001");
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    put(block, 148, "%06o".formatted(sum));
    block[154] = 0;
    block[155] = ' ';
    out.writeBytes(block);
    return this;
  }

  private static void put(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }
}
