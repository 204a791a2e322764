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
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/** One value read from a parser, with the members that stood more than once. */
final class JsonReading {
  private static final int MOST_DUPLICATES = 100;

  private final JsonParser parser;
  private final List<String> duplicates = new ArrayList<>();
  private int values;
  private JsonValue value = JsonValue.NULL;

  private JsonReading(JsonParser parser) {
    this.parser = parser;
  }

  static JsonReading of(JsonParser parser) {
    var reading = new JsonReading(parser);
    try {
      if (!parser.hasNext()) {
        throw refused("it is empty");
      }
      reading.value = reading.value(parser.next(), "", 0);
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
    return duplicates;
  }

  private JsonValue value(Event event, String path, int depth) {
    if (depth > Json.DEEPEST) {
      throw refused("it is nested deeper than " + Json.DEEPEST + " levels");
    }
    if (++values > Json.MOST_VALUES) {
      throw new ApiException(
          new Problem.TooLarge("the body has more than " + Json.MOST_VALUES + " values"));
    }
    return switch (event) {
      case START_OBJECT -> object(path, depth);
      case START_ARRAY -> array(path, depth);
      case VALUE_STRING -> Json.text(wellFormed(parser.getString()));
      case VALUE_NUMBER -> number();
      case VALUE_TRUE -> JsonValue.TRUE;
      case VALUE_FALSE -> JsonValue.FALSE;
      case VALUE_NULL -> JsonValue.NULL;
      case KEY_NAME, END_OBJECT, END_ARRAY -> throw refused("unexpected " + event);
    };
  }

  private JsonValue object(String path, int depth) {
    JsonObjectBuilder object = Json.object();
    Set<String> seen = new HashSet<>();
    for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
      String name = wellFormed(parser.getString());
      String memberPath = path.isEmpty() ? name : path + "." + name;
      if (!seen.add(name) && duplicates.size() < MOST_DUPLICATES) {
        duplicates.add(memberPath);
      }
      object.add(name, value(parser.next(), memberPath, depth + 1));
    }
    return object.build();
  }

  private JsonValue array(String path, int depth) {
    JsonArrayBuilder array = Json.array();
    int index = 0;
    for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
      array.add(value(event, path + "[" + index++ + "]", depth + 1));
    }
    return array.build();
  }

  private JsonValue number() {
    String text = parser.getString();
    if (text.length() > Json.LONGEST_NUMBER) {
      throw refused("a number has more than " + Json.LONGEST_NUMBER + " characters");
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
  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
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

  private static ApiException refused(String why) {
    return new ApiException(new Problem.BadRequest("the body is not well-formed JSON: " + why));
  }
}
