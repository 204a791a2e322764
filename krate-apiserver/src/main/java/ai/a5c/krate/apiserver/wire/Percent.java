package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-decoding (RFC 3986, section 2.1) that refuses what does not decode to clean text. */
final class Percent {
  private Percent() {}

  /**
   * The decoded text.
   *
   * @param plusIsSpace whether {@code +} stands for a space, as it does in a query
   * @param where for the message: what the text is part of
   * @throws ApiException BadRequest if an escape is malformed, the bytes are no UTF-8, or one of
   *     them is NUL
   */
  static String decode(String raw, boolean plusIsSpace, String where) {
    if (raw.indexOf('%') < 0 && raw.indexOf('\0') < 0 && isAscii(raw)) {
      return plusIsSpace ? raw.replace('+', ' ') : raw;
    }
    byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int octet = bytes[i];
      if (octet == '%') {
        octet = octet(bytes, i, where);
        i += 2;
      } else if (octet == '+' && plusIsSpace) {
        octet = ' ';
      }
      if (octet == 0) {
        throw refusal(where, "it holds a NUL character");
      }
      decoded.write(octet);
    }
    try {
      ByteBuffer all = ByteBuffer.wrap(decoded.toByteArray());
      return StandardCharsets.UTF_8.newDecoder().decode(all).toString();
    } catch (CharacterCodingException e) {
      throw refusal(where, "it is not UTF-8");
    }
  }

  private static int octet(byte[] bytes, int at, String where) {
    int high = at + 2 < bytes.length ? Character.digit(bytes[at + 1], 16) : -1;
    int low = at + 2 < bytes.length ? Character.digit(bytes[at + 2], 16) : -1;
    if (high < 0 || low < 0) {
      throw refusal(where, "'%' must be followed by two hexadecimal digits");
    }
    return high * 16 + low;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }

  private static ApiException refusal(String where, String why) {
    return new ApiException(new Problem.BadRequest("malformed " + where + ": " + why));
  }
}
