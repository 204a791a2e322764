package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParsingException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** One value read from a parser, with the members that stood more than once. */
final class JsonReading {
  private static final int MOST_DUPLICATES = 100;

  /** So many names are found as fast in a list as in a set, which takes more memory. */
  private static final int FEW_NAMES = 16;

  /** Every integer of fewer characters fits into a long. */
  private static final int SHORT_NUMBER = 19;

  /**
   * Names that were met last, by their hashes: the same few stand in every object, and each is kept
   * in memory once. Threads may overwrite one another's.
   */
  private static final @Nullable String[] NAMES = new String[1 << 10];

  private static final int LONGEST_NAME = 64;

  private final JsonParser parser;
  private final boolean escapes;

  /** Where they stand in what is being read, such as {@code .spec.parts[1].name}. */
  private final List<String> duplicates = new ArrayList<>();

  private int values;
  private JsonValue value = JsonValue.NULL;

  private JsonReading(JsonParser parser, boolean escapes) {
    this.parser = parser;
    this.escapes = escapes;
  }

  /**
   * Reads all there is.
   *
   * @param escapes whether characters may be escaped by their numbers
   */
  static JsonReading of(JsonParser parser, boolean escapes) {
    var reading = new JsonReading(parser, escapes);
    try {
      if (!parser.hasNext()) {
        throw refused("it is empty");
      }
      reading.value = reading.value(parser.next(), 0);
      if (parser.hasNext()) {
        Event more = parser.next();
        throw refused("something follows the value: " + more);
      }
    } catch (JsonParsingException e) {
      throw e;
    } catch (NoSuchElementException | IllegalStateException e) {
      throw refused("it ends too early");
    }
    return reading;
  }

  JsonValue value() {
    return value;
  }

  List<String> duplicates() {
    return duplicates.stream().map(d -> d.startsWith(".") ? d.substring(1) : d).toList();
  }

  private JsonValue value(Event event, int depth) {
    if (depth > Json.DEEPEST) {
      throw refused("it is nested deeper than " + Json.DEEPEST + " levels");
    }
    if (++values > Json.MOST_VALUES) {
      throw new ApiException(
          new Problem.TooLarge("the body has more than " + Json.MOST_VALUES + " values"));
    }
    return switch (event) {
      case START_OBJECT -> object(depth);
      case START_ARRAY -> array(depth);
      case VALUE_STRING -> Json.text(wellFormed(parser.getString()));
      case VALUE_NUMBER -> number();
      case VALUE_TRUE -> JsonValue.TRUE;
      case VALUE_FALSE -> JsonValue.FALSE;
      case VALUE_NULL -> JsonValue.NULL;
      case KEY_NAME, END_OBJECT, END_ARRAY -> throw refused("unexpected " + event);
    };
  }

  private JsonValue object(int depth) {
    JsonObjectBuilder object = Json.object();
    Collection<String> seen = new ArrayList<>();
    for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
      String name = shared(wellFormed(parser.getString()));
      if (!seen.contains(name)) {
        seen = seen.size() == FEW_NAMES ? new HashSet<>(seen) : seen;
        seen.add(name);
      } else if (duplicates.size() < MOST_DUPLICATES) {
        duplicates.add("." + name);
      }
      int known = duplicates.size();
      object.add(name, value(parser.next(), depth + 1));
      if (duplicates.size() > known) {
        place(known, "." + name);
      }
    }
    return object.build();
  }

  private JsonValue array(int depth) {
    JsonArrayBuilder array = Json.array();
    int index = 0;
    for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
      int known = duplicates.size();
      array.add(value(event, depth + 1));
      if (duplicates.size() > known) {
        place(known, "[" + index + "]");
      }
      index++;
    }
    return array.build();
  }

  /** The duplicates from that one on stand in this place. */
  private void place(int from, String place) {
    duplicates.subList(from, duplicates.size()).replaceAll(inside -> place + inside);
  }

  private JsonValue number() {
    String text = parser.getString();
    if (text.length() > Json.LONGEST_NUMBER) {
      throw refused("a number has more than " + Json.LONGEST_NUMBER + " characters");
    }
    if (text.length() < SHORT_NUMBER && parser.isIntegralNumber()) {
      return Json.number(parser.getLong());
    }
    BigDecimal number = parser.getBigDecimal();
    // A huge exponent is a short text whose whole number fills the memory.
    if (Math.abs((long) number.scale()) > 400) {
      throw refused("the exponent of a number is out of range");
    }
    return number.scale() == 0 && number.unscaledValue().bitLength() < Long.SIZE
        ? Json.number(number.longValue())
        : Json.number(number);
  }

  /**
   * Half a surrogate pair cannot be written in UTF-8: it becomes U+FFFD here, where all can see it.
   */
  private String wellFormed(String text) {
    for (int i = 0; escapes && i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        return text.codePoints()
            .map(p -> p >= Character.MIN_SURROGATE && p <= Character.MAX_SURROGATE ? 0xFFFD : p)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      }
    }
    return text;
  }

  private static String shared(String name) {
    int place = name.hashCode() & (NAMES.length - 1);
    String known = NAMES[place];
    if (known != null && known.equals(name)) {
      return known;
    }
    if (name.length() <= LONGEST_NAME) {
      NAMES[place] = name;
    }
    return name;
  }

  private static ApiException refused(String why) {
    return new ApiException(new Problem.BadRequest("the body is not well-formed JSON: " + why));
  }
}
