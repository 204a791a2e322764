package ai.a5c.krate.testkit.git;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.Deflater;

/** A push written by hand, byte by byte, as no honest client would send it. Used by one thread. */
public final class RawPush {
  private final GitBench bench;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private boolean first = true;
  private boolean flushed;

  private RawPush(GitBench bench) {
    this.bench = bench;
  }

  /** An empty push to the repository of a bench. */
  public static RawPush to(GitBench bench) {
    return new RawPush(bench);
  }

  /** One command: where the ref is, and where it shall point, by 40 hexadecimal digits. */
  public RawPush command(String old, String target, String ref) {
    packet(old + " " + target + " " + ref + capabilities(), false);
    return this;
  }

  /** One command in a push certificate whose signature is nonsense. */
  public RawPush certified(String old, String target, String ref) {
    packet("push-cert" + capabilities(), true);
    for (String line :
        new String[] {
          "certificate version 0.1",
          "pusher Ada <ada@example.org> 1700000000 +0000",
          "nonce 1-x",
          "",
          old + " " + target + " " + ref,
          "-----BEGIN PGP SIGNATURE-----",
          "nonsense",
          "-----END PGP SIGNATURE-----",
          "push-cert-end"
        }) {
      packet(line, true);
    }
    return this;
  }

  private String capabilities() {
    String capabilities = first ? "\0report-status agent=raw" : "";
    first = false;
    return capabilities;
  }

  private void packet(String line, boolean newline) {
    String text = newline ? line + "\n" : line;
    body.writeBytes(
        String.format("%04x%s", text.length() + 4, text).getBytes(StandardCharsets.ISO_8859_1));
  }

  private void flush() {
    if (!flushed) {
      flushed = true;
      body.writeBytes("0000".getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** A pack without objects. */
  public RawPush emptyPack() {
    return pack(0);
  }

  /** A pack that declares a number of objects, and holds these entries. */
  public RawPush pack(int declared, byte[]... entries) {
    var pack = new ByteArrayOutputStream();
    pack.writeBytes("PACK".getBytes(StandardCharsets.ISO_8859_1));
    pack.writeBytes(ByteBuffer.allocate(8).putInt(2).putInt(declared).array());
    for (byte[] entry : entries) {
      pack.writeBytes(entry);
    }
    try {
      pack.writeBytes(MessageDigest.getInstance("SHA-1").digest(pack.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return bytes(pack.toByteArray());
  }

  /** One object, whole. */
  public static byte[] entry(int type, byte[] content) {
    return entry(type, content.length, content);
  }

  /** One object that declares a size of its own. */
  public static byte[] entry(int type, long declared, byte[] content) {
    var out = new ByteArrayOutputStream();
    long left = declared >>> 4;
    out.write((int) ((left > 0 ? 0x80 : 0) | (type << 4) | (declared & 15)));
    while (left > 0) {
      out.write((int) ((left >>> 7 > 0 ? 0x80 : 0) | (left & 0x7f)));
      left >>>= 7;
    }
    var deflater = new Deflater();
    deflater.setInput(content);
    deflater.finish();
    var buffer = new byte[8192];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }

  /** What follows the commands, whatever it is. */
  public RawPush bytes(byte[] raw) {
    flush();
    body.writeBytes(raw);
    return this;
  }

  /** Sends it straight to the backend; gives the report. */
  public String send() {
    flush();
    var out = new ByteArrayOutputStream();
    try {
      bench
          .backend()
          .push(
              bench.repository(),
              GitBench.MAIN,
              new ByteArrayInputStream(body.toByteArray()),
              out,
              bench.gate());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** As {@link #send}, or what was thrown. */
  public String attempt() {
    try {
      return send();
    } catch (UncheckedIOException e) {
      return e.toString();
    }
  }
}
