package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * JSON in and out.
 *
 * <p>Reading is strict: one value and nothing after it, UTF-8 without faults, at most {@value
 * #DEEPEST} levels, {@value #MOST_VALUES} values and numbers of {@value #LONGEST_NUMBER}
 * characters. Methods may be called from many threads.
 */
public final class Json {
  /** The deepest nesting of a document. */
  public static final int DEEPEST = 128;

  /** The most values, members and items together, of a document. */
  public static final int MOST_VALUES = 250_000;

  /** The longest number. */
  public static final int LONGEST_NUMBER = 64;

  /** Most documents have fewer characters. */
  private static final int USUAL_LENGTH = 2_048;

  private static final char REPLACEMENT = '\uFFFD';

  private static final JsonProvider PROVIDER = JsonProvider.provider();
  private static final JsonParserFactory PARSERS = PROVIDER.createParserFactory(Map.of());
  private static final JsonBuilderFactory BUILDERS = PROVIDER.createBuilderFactory(Map.of());

  private Json() {}

  /**
   * A document that was read.
   *
   * @param duplicates the paths of members that stand more than once; the last one counts
   */
  public record Parsed(JsonObject object, List<String> duplicates) {
    public Parsed {
      duplicates = List.copyOf(duplicates);
    }
  }

  /**
   * Reads an object.
   *
   * @param limit the largest number of bytes
   * @throws ApiException TooLarge beyond a limit, BadRequest if it is not one well-formed JSON
   *     object
   */
  public static Parsed parse(Bytes bytes, int limit) {
    JsonReading reading = read(bytes, limit);
    if (!(reading.value() instanceof JsonObject object)) {
      throw new ApiException(new Problem.BadRequest("the body is not a JSON object"));
    }
    return new Parsed(object, reading.duplicates());
  }

  /**
   * Reads any value, such as the array of a JSON patch.
   *
   * @param limit the largest number of bytes
   * @throws ApiException TooLarge beyond a limit, BadRequest if it is not one well-formed JSON
   *     value
   */
  public static JsonValue parseValue(Bytes bytes, int limit) {
    return read(bytes, limit).value();
  }

  /**
   * Reads bytes that this class has written.
   *
   * @throws IllegalArgumentException if they are not an object
   */
  public static JsonObject stored(Bytes bytes) {
    try {
      return parse(bytes, Integer.MAX_VALUE).object();
    } catch (ApiException e) {
      throw new IllegalArgumentException("stored bytes are no JSON object", e);
    }
  }

  /** The shortest JSON of the value, in UTF-8; the order of members is kept. */
  public static Bytes write(JsonValue value) {
    var out = new StringBuilder(USUAL_LENGTH);
    print(value, out);
    return Bytes.utf8(out.toString());
  }

  /** Appends the text of what {@link #write} gives. */
  public static void print(JsonValue value, StringBuilder out) {
    JsonWriting.value(value, out);
  }

  /** Appends what stands between the quotation marks of a string of JSON. */
  public static void escape(String text, StringBuilder out) {
    JsonWriting.escape(text, out);
  }

  public static JsonObjectBuilder object() {
    return BUILDERS.createObjectBuilder();
  }

  /** A builder that begins with the members of the object. */
  public static JsonObjectBuilder object(JsonObject object) {
    return BUILDERS.createObjectBuilder(object);
  }

  public static JsonArrayBuilder array() {
    return BUILDERS.createArrayBuilder();
  }

  /** An array of strings. */
  public static JsonArrayBuilder array(Iterable<String> texts) {
    JsonArrayBuilder array = BUILDERS.createArrayBuilder();
    texts.forEach(array::add);
    return array;
  }

  public static JsonString text(String text) {
    return PROVIDER.createValue(text);
  }

  public static JsonNumber number(long number) {
    return PROVIDER.createValue(number);
  }

  static JsonNumber number(BigDecimal number) {
    return PROVIDER.createValue(number);
  }

  private static JsonReading read(Bytes bytes, int limit) {
    if (bytes.size() > limit) {
      throw new ApiException(new Problem.TooLarge("the body is larger than " + limit + " bytes"));
    }
    String text = decoded(bytes);
    try (var parser = PARSERS.createParser(new StringReader(text))) {
      return JsonReading.of(parser, text.contains("\\u"));
    } catch (JsonException e) {
      throw new ApiException(
          new Problem.BadRequest("the body is not well-formed JSON: " + detail(e)));
    }
  }

  private static String decoded(Bytes bytes) {
    String text = bytes.utf8();
    if (text.indexOf(REPLACEMENT) < 0) {
      return text;
    }
    // It was sent as such, or stands for what is no UTF-8.
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new ApiException(new Problem.BadRequest("the body is not UTF-8"));
    }
  }

  private static String detail(JsonException e) {
    String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    return message.length() > 300 ? message.substring(0, 300) : message;
  }
}
