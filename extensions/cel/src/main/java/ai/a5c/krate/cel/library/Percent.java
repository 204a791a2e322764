package ai.a5c.krate.cel.library;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

/** Percent-encoding of the parts of a URL, byte for byte. */
final class Percent {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final String UNRESERVED = "-_.~";
  private static final String PATH_AS_IT_IS = "!$&'()*+,;=:@[]/";
  private static final String PATH_ENCODED = "$&+,/:;=@";
  private static final String HOST = "!$&'()*+,;=:[]<>\"";
  private static final String USER = "-._:~!$&'()*+,;=%@";

  private Percent() {}

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** The path as it was, if it was well encoded, and encoded otherwise. */
  static String encodedPath(String path) {
    byte[] decoded = decode(path, false);
    boolean wellEncoded = path.chars().allMatch(c -> isOneOf(c, PATH_AS_IT_IS) || c == '%');
    return wellEncoded ? path : encode(decoded);
  }

  static void requireUserInfo(String user) {
    if (!user.chars().allMatch(c -> isOneOf(c, USER))) {
      throw Url.malformed("invalid userinfo");
    }
    decode(user, false);
  }

  static String decodedHost(String host) {
    host.chars()
        .filter(c -> c < 0x80 && c != '%' && !isOneOf(c, HOST))
        .findFirst()
        .ifPresent(
            c -> {
              throw Url.malformed("invalid character in host name");
            });
    return text(decode(host, false));
  }

  /** A key or a value of a query, in which a plus is a space. */
  static String decodedQuery(String part) {
    return text(decode(part, true));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static boolean isOneOf(int c, String more) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || UNRESERVED.indexOf(c) >= 0
        || more.indexOf(c) >= 0;
  }

  private static byte[] decode(String text, boolean plusIsSpace) {
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(raw.length);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%') {
        int high = i + 1 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
        int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          throw Url.malformed("invalid URL escape");
        }
        decoded.write(high << 4 | low);
        i += 2;
      } else {
        decoded.write(plusIsSpace && raw[i] == '+' ? ' ' : raw[i]);
      }
    }
    return decoded.toByteArray();
  }

  private static String encode(byte[] decoded) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : decoded) {
      if (isOneOf(b & 0xff, PATH_ENCODED)) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.toHexDigits(b));
      }
    }
    return encoded.toString();
  }
}
