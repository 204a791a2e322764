package ai.a5c.krate.apiserver.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A media type or range of them (RFC 9110, section 8.3.1).
 *
 * @param name {@code type/subtype} in lower case; either may be {@code *}
 * @param parameters by name in lower case, without quotes
 */
record MediaType(String name, Map<String, String> parameters) {
  MediaType {
    parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
  }

  /** Reads one media type; nothing if the text is none. */
  static Optional<MediaType> parse(String text) {
    List<String> parts = split(text, ';');
    String name = parts.get(0).strip().toLowerCase(Locale.ROOT);
    int slash = name.indexOf('/');
    if (slash < 1 || slash == name.length() - 1 || name.indexOf('/', slash + 1) >= 0) {
      return Optional.empty();
    }
    Map<String, String> parameters = new TreeMap<>();
    for (String part : parts.subList(1, parts.size())) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        String key = part.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        parameters.putIfAbsent(key, unquoted(part.substring(equals + 1).strip()));
      }
    }
    return Optional.of(new MediaType(name, parameters));
  }

  /** Splits at a delimiter that does not stand in a quoted string. */
  static List<String> split(String text, char delimiter) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == delimiter && !quoted) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
  }

  /** The value of a parameter, or empty. */
  String parameter(String key) {
    return parameters.getOrDefault(key, "");
  }

  /** The weight of RFC 9110, section 12.4.2; what cannot be read counts as 1. */
  double quality() {
    try {
      double quality = Double.parseDouble(parameters.getOrDefault("q", "1"));
      return quality >= 0 && quality <= 1 ? quality : 1;
    } catch (NumberFormatException e) {
      return 1;
    }
  }

  /** 2 for a media type, 1 for {@code type/*}, 0 for anything. */
  int precision() {
    return name.equals("*/*") ? 0 : name.endsWith("/*") ? 1 : 2;
  }

  boolean includes(String mediaType) {
    return switch (precision()) {
      case 0 -> true;
      case 1 -> mediaType.startsWith(name.substring(0, name.length() - 1));
      default -> mediaType.equals(name);
    };
  }
}
