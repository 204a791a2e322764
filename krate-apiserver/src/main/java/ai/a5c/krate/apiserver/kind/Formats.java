package ai.a5c.krate.apiserver.kind;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;

/** The forms of text that a schema may ask for. */
final class Formats {
  private static final String SECONDS = "0000-00-00T00:00:00";
  private static final int NANO_DIGITS = 9;

  private Formats() {}

  /** The name of the format in OpenAPI; empty for plain text. */
  static String name(Schema.Format format) {
    return switch (format) {
      case TEXT -> "";
      case DATE_TIME -> "date-time";
      case DURATION -> "duration";
      case BYTE -> "byte";
    };
  }

  static boolean fits(Schema.Format format, String text) {
    return switch (format) {
      case TEXT -> true;
      case DATE_TIME -> time(text).isPresent();
      case DURATION -> GoDuration.parse(text).isPresent();
      case BYTE -> bytes(text).isPresent();
    };
  }

  /** The time of an RFC 3339 text. */
  static Optional<Instant> time(String text) {
    try {
      return Optional.of(isInUtc(text) ? inUtc(text) : OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether it has the form of nearly every time there is, to the second or finer. The parser of
   * all forms takes twenty times as long, and each object has several times.
   */
  private static boolean isInUtc(String text) {
    int zone = text.length() - 1;
    if (zone < SECONDS.length() || text.charAt(zone) != 'Z') {
      return false;
    }
    for (int i = 0; i < zone; i++) {
      char form = i < SECONDS.length() ? SECONDS.charAt(i) : i == SECONDS.length() ? '.' : '0';
      char c = text.charAt(i);
      if (form == '0' ? c < '0' || c > '9' : c != form) {
        return false;
      }
    }
    int digits = zone - SECONDS.length() - 1;
    return digits != 0 && digits <= NANO_DIGITS;
  }

  private static Instant inUtc(String text) {
    String fraction = text.substring(Math.min(SECONDS.length() + 1, text.length() - 1));
    int nanos = 0;
    for (int i = 0; i < NANO_DIGITS; i++) {
      nanos = nanos * 10 + (i < fraction.length() - 1 ? fraction.charAt(i) - '0' : 0);
    }
    return LocalDateTime.of(
            number(text, 0, 4),
            number(text, 5, 7),
            number(text, 8, 10),
            number(text, 11, 13),
            number(text, 14, 16),
            number(text, 17, 19),
            nanos)
        .toInstant(ZoneOffset.UTC);
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }

  /** The bytes of a base64 text (RFC 4648, with its padding). */
  static Optional<byte[]> bytes(String text) {
    try {
      return text.length() % 4 == 0
          ? Optional.of(Base64.getDecoder().decode(text))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
