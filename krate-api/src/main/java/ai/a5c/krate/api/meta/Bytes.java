package ai.a5c.krate.api.meta;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An immutable run of bytes, compared by content. */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** The bytes of a copy of the array. */
  public static Bytes copyOf(byte[] content) {
    return new Bytes(content.clone());
  }

  /**
   * The bytes of the array itself, which the caller gives away: it must not be written again.
   *
   * <p>For codecs that have just made the array.
   */
  public static Bytes owning(byte[] content) {
    return new Bytes(content);
  }

  /** The UTF-8 encoding of the text. */
  public static Bytes utf8(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  public int size() {
    return content.length;
  }

  public boolean isEmpty() {
    return content.length == 0;
  }

  public byte[] toArray() {
    return content.clone();
  }

  /** A stream over the bytes, without copying them. */
  public InputStream stream() {
    return new ByteArrayInputStream(content);
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(content);
  }

  /** The bytes read as UTF-8, malformed sequences replaced. */
  public String utf8() {
    return new String(content, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  /** The size only: the content may be large or secret. */
  @Override
  public String toString() {
    return "Bytes[" + content.length + "]";
  }
}
