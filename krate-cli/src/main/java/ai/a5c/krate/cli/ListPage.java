package ai.a5c.krate.cli;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import jakarta.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts the JSON of a list into the bytes of its items, without holding more than one, and without
 * printing them again, which could change what was hashed.
 */
final class ListPage {
  private static final int LARGEST = 8 * 1024 * 1024;
  private static final byte[] ITEMS = "\"items\":[".getBytes(StandardCharsets.US_ASCII);

  private final InputStream in;
  private final ByteArrayOutputStream frame = new ByteArrayOutputStream();
  private final ByteArrayOutputStream item = new ByteArrayOutputStream();

  private ListPage(InputStream in) {
    this.in = new BufferedInputStream(in, 64 * 1024);
  }

  /**
   * Reads a list.
   *
   * @return the token that the next page is asked for with; empty if this is the last
   */
  static String read(InputStream in, Consumer<byte[]> items) throws IOException {
    return new ListPage(in).read(items);
  }

  private String read(Consumer<byte[]> items) throws IOException {
    boolean begun = false;
    for (int next = in.read(); next >= 0; next = in.read()) {
      add(frame, next);
      if (!begun && next == '[' && endsWith(frame.toByteArray())) {
        begun = true;
        items(items);
      }
    }
    if (!begun) {
      throw new IOException("the server answered something that is no list");
    }
    try {
      JsonObject list = Json.stored(Bytes.owning(frame.toByteArray()));
      return JsonTree.textAt(list, "metadata", "continue");
    } catch (IllegalArgumentException e) {
      throw new IOException("the list broke off", e);
    }
  }

  private static boolean endsWith(byte[] frame) {
    int from = frame.length - ITEMS.length;
    return from >= 0 && Arrays.equals(frame, from, frame.length, ITEMS, 0, ITEMS.length);
  }

  /** Up to the bracket that ends the items, which belongs to the frame. */
  private void items(Consumer<byte[]> items) throws IOException {
    int depth = 0;
    boolean quoted = false;
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (depth == 0 && next != '{') {
        if (next == ']') {
          add(frame, next);
          return;
        }
        continue;
      }
      add(item, next);
      if (quoted) {
        if (next == '\\') {
          add(item, in.read());
        } else if (next == '"') {
          quoted = false;
        }
      } else if (next == '"') {
        quoted = true;
      } else if (next == '{') {
        depth++;
      } else if (next == '}' && --depth == 0) {
        items.accept(item.toByteArray());
        item.reset();
      }
    }
    throw new IOException("the list broke off");
  }

  private static void add(ByteArrayOutputStream to, int next) throws IOException {
    if (to.size() >= LARGEST) {
      throw new IOException("a part of the list is larger than " + LARGEST + " bytes");
    }
    to.write(next);
  }
}
