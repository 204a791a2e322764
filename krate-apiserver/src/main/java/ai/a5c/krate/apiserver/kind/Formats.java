package ai.a5c.krate.apiserver.kind;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Optional;

/** The forms of text that a schema may ask for. */
final class Formats {
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
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
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
