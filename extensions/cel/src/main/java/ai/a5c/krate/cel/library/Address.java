package ai.a5c.krate.cel.library;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.Opaque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.regex.Pattern;

/** An IPv4 or IPv6 address without a zone; an IPv4 address in IPv6 is none. */
record Address(Bytes bytes) implements Opaque {
  static final int V4_BYTES = 4;
  static final int V6_BYTES = 16;
  private static final int GROUPS = 8;
  private static final int LONGEST = 64;
  private static final Pattern V4_PART = Pattern.compile("0|[1-9]\\d{0,2}");
  private static final Pattern V6_GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");

  /**
   * Reads one.
   *
   * @throws NoValue if it is none
   */
  static Address parse(String text) {
    if (text.length() > LONGEST) {
      throw malformed(text, "too long");
    }
    if (text.indexOf('%') >= 0) {
      throw new NoValue("IP address \"" + text + "\" with zone value is not allowed");
    }
    byte[] bytes = text.indexOf(':') >= 0 ? v6(text) : v4(text, text);
    if (bytes.length == V6_BYTES && isMapped(bytes)) {
      throw new NoValue("IPv4-mapped IPv6 address \"" + text + "\" is not allowed");
    }
    return new Address(Bytes.owning(bytes));
  }

  private static NoValue malformed(String text, String why) {
    return new NoValue(
        "IP Address \""
            + NoValue.excerpt(text)
            + "\" parse error during conversion from string: "
            + why);
  }

  private static byte[] v4(String whole, String text) {
    String[] parts = text.split("\\.", -1);
    byte[] bytes = new byte[V4_BYTES];
    if (parts.length != V4_BYTES) {
      throw malformed(whole, "an IPv4 address has four parts");
    }
    for (int i = 0; i < V4_BYTES; i++) {
      if (!V4_PART.matcher(parts[i]).matches() || Integer.parseInt(parts[i]) > 0xff) {
        throw malformed(whole, "a part is a number of 0 to 255 without leading zeros");
      }
      bytes[i] = (byte) Integer.parseInt(parts[i]);
    }
    return bytes;
  }

  private static byte[] v6(String text) {
    int gap = text.indexOf("::");
    if (gap != text.lastIndexOf("::")) {
      throw malformed(text, "more than one ::");
    }
    byte[] head = groups(text, gap < 0 ? text : text.substring(0, gap));
    byte[] tail = groups(text, gap < 0 ? "" : text.substring(gap + 2));
    int given = head.length + tail.length;
    if (gap < 0 ? given != V6_BYTES : given > V6_BYTES - 2) {
      throw malformed(text, "an IPv6 address has eight groups");
    }
    byte[] bytes = Arrays.copyOf(head, V6_BYTES);
    System.arraycopy(tail, 0, bytes, V6_BYTES - tail.length, tail.length);
    return bytes;
  }

  private static byte[] groups(String whole, String text) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    String[] parts = text.split(":", -1);
    byte[] bytes = new byte[2 * V6_BYTES];
    int used = 0;
    for (int i = 0; i < parts.length && i < GROUPS; i++) {
      if (i == parts.length - 1 && parts[i].indexOf('.') >= 0 && whole.endsWith(text)) {
        System.arraycopy(v4(whole, parts[i]), 0, bytes, used, V4_BYTES);
        used += V4_BYTES;
      } else if (V6_GROUP.matcher(parts[i]).matches()) {
        int group = Integer.parseInt(parts[i], 16);
        bytes[used++] = (byte) (group >> 8);
        bytes[used++] = (byte) group;
      } else {
        throw malformed(whole, "a group has one to four hexadecimal digits");
      }
    }
    if (parts.length > GROUPS) {
      throw malformed(whole, "an IPv6 address has eight groups");
    }
    return Arrays.copyOf(bytes, used);
  }

  private static boolean isMapped(byte[] bytes) {
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return bytes[10] == -1 && bytes[11] == -1;
  }

  boolean isV4() {
    return bytes.size() == V4_BYTES;
  }

  boolean isUnspecified() {
    return bits().isEmpty();
  }

  boolean isLoopback() {
    byte[] all = bytes.toArray();
    return isV4() ? all[0] == 127 : all[V6_BYTES - 1] == 1 && bits().cardinality() == 1;
  }

  boolean isLinkLocalUnicast() {
    byte[] all = bytes.toArray();
    return isV4()
        ? unsigned(all[0]) == 169 && unsigned(all[1]) == 254
        : unsigned(all[0]) == 0xfe && (all[1] & 0xc0) == 0x80;
  }

  boolean isLinkLocalMulticast() {
    byte[] all = bytes.toArray();
    return isV4()
        ? unsigned(all[0]) == 224 && all[1] == 0 && all[2] == 0
        : unsigned(all[0]) == 0xff && (all[1] & 0x0f) == 0x02;
  }

  boolean isMulticast() {
    byte[] all = bytes.toArray();
    return isV4() ? (all[0] & 0xf0) == 0xe0 : unsigned(all[0]) == 0xff;
  }

  /** Whether it names one host beyond this link; the broadcast address does not. */
  boolean isGlobalUnicast() {
    boolean broadcast = isV4() && bits().cardinality() == Byte.SIZE * V4_BYTES;
    return !broadcast
        && !isUnspecified()
        && !isLoopback()
        && !isMulticast()
        && !isLinkLocalUnicast();
  }

  private BitSet bits() {
    return BitSet.valueOf(bytes.toArray());
  }

  private static int unsigned(byte b) {
    return b & 0xff;
  }

  /** In the one form in which such an address is written. */
  String canonical() {
    byte[] all = bytes.toArray();
    if (isV4()) {
      return unsigned(all[0])
          + "."
          + unsigned(all[1])
          + "."
          + unsigned(all[2])
          + "."
          + unsigned(all[3]);
    }
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = unsigned(all[2 * i]) << 8 | unsigned(all[2 * i + 1]);
    }
    return compressed(groups);
  }

  private static String compressed(int[] groups) {
    int gap = -1;
    int longest = 1;
    for (int i = 0; i < GROUPS; i++) {
      int length = 0;
      while (i + length < GROUPS && groups[i + length] == 0) {
        length++;
      }
      if (length > longest) {
        gap = i;
        longest = length;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == gap) {
        text.append("::");
        i += longest - 1;
      } else {
        boolean separated = text.isEmpty() || text.charAt(text.length() - 1) == ':';
        text.append(separated ? "" : ":").append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }

  @Override
  public String typeName() {
    return Types.IP.name();
  }
}
